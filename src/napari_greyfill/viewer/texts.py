"""Every tooltip of the docks, in one place. Plain sentences: what it does, unit, effect."""

from __future__ import annotations

__all__ = ["FILL", "METRICS_TABLE", "WEIGHTS"]

FILL = {
    "image": "The image to fill. It is never changed: results come as layers of their own.",
    "mask": "The labels layer whose painted pixels are filled.",
    "new_mask": "Add an empty labels layer of the image's size and position, "
    "ready to paint on with the brush.",
    "labels": "Which labels count as painted: all of them, or only the one selected in the "
    "labels layer.",
    "method": "How the hole is filled with grey. Auto needs no download; the look decides.",
    "look": "Faithful has the smallest error and can be measured, but is smooth in large holes. "
    "Texture looks like the surroundings, but is made up. As suggested looks at the width of the "
    "hole and at what a faithful fill would lose. Only with the method Auto.",
    "hints": "A points layer: its points in the hole have the colours that the fill is to have "
    "there, for things whose colour the image does not show.",
    "confidence": "Also add how sure the recovered colours are, from 0 (a guess) to 1.",
    "also": "More methods to run on the same image and mask, one after the other. Each result "
    "comes as a layer and a row of its own.",
    "scale": "At which size networks see the surroundings of the hole: as they are; reduced to "
    "the size they were trained at, with the detail put back afterwards; or auto, reduced only "
    "if the hole is larger than those they were trained on.",
    "weights": "Get the checkpoints that published networks need.",
    "colorizer": "How the filled grey gets its colour back. Auto takes the fast closed form.",
    "pipeline": "Grey → colour fills the luma and recovers the colour (the monochromic "
    "bottleneck). Colour → grey → colour fills in colour, but keeps only the luma. "
    "Colour fills in colour and is done. Grey images are filled as they are.",
    "grow": "Fill this many pixels around the painted ones as well. A mask painted slightly "
    "too small is the commonest cause of a bad fill.",
    "feather": "Blend the fill with what the image holds over this many pixels inside the "
    "edge of the hole. 0 shows nothing but the fill.",
    "device": "Where networks run. Auto takes the graphics card if there is one. The default "
    "is set in Preferences. Methods without a network always use the CPU.",
    "seed": "The same seed on the same device gives the same pixels. Only networks use it.",
    "reference": "If the mask was painted on an intact picture, choose that picture to "
    "measure the fill against it. With no reference the metrics stay empty.",
    "intermediates": "Also add the grey with its hole, the filled grey and the colours of "
    "each scale as (hidden) layers.",
    "preview": "Show the unfinished result in a layer of its own while a network learns.",
    "keep": "Add new layers in every run. Otherwise a run on the same image and slice "
    "updates the layers of the run before.",
    "run": "Fill the painted pixels. The viewer stays usable meanwhile.",
    "cancel": "Stop the fill. No layer is added or changed.",
    "original": "Hold to see the image as it was, without masks and results. "
    "With a result layer selected, holding the key H does the same.",
    "python": "Copy a few lines for napari's console that repeat the last run.",
    "progress": "What the fill is doing, and how much of it is done.",
}

METRICS_TABLE = {
    "table": "One row for each run. Click a row to select its result, "
    "click a column's title to sort.",
    "copy": "Copy the table to paste it into a spreadsheet.",
    "save": "Save the table as a CSV file.",
    "clear": "Remove all rows. Layers stay as they are.",
    "run": "Number of the run.",
    "image": "Name of the image layer.",
    "seconds": "Wall time of the fill, in seconds.",
    "pixels": "Number of pixels that were filled.",
}

WEIGHTS = {
    "table": "The published checkpoints and whether they are on this computer.",
    "get": "Download the chosen checkpoint, or open the page where a browser can fetch it.",
    "add": "Add a checkpoint file that you have: it is checked, recognised and copied.",
    "remove": "Delete the chosen checkpoint from the weights folder.",
    "folder": "Open the folder in which checkpoints are kept. Preferences can set another one.",
    "cancel": "Stop the download. What has arrived is kept and continued later.",
}
