"""Every tooltip of the docks, in one place. Plain sentences: what it does, unit, effect."""

from __future__ import annotations

__all__ = ["COMPARE", "FILL", "METRICS_TABLE", "WEIGHTS"]

FILL = {
    "image": "The image to fill. It is never changed: results come as layers of their own.",
    "mask": "The labels layer whose painted pixels are filled.",
    "new_mask": "Add an empty labels layer of the image's size and position, "
    "ready to paint on with the brush.",
    "labels": "Which labels count as painted: all of them, or only the one selected in the "
    "labels layer.",
    "method": "How the hole is filled with grey. Auto takes the best one that needs no download.",
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

COMPARE = {
    "image": "The image to fill. It is never changed.",
    "mask": "The labels layer whose painted pixels are filled.",
    "reference": "What the results are measured against. If the mask is painted on an intact "
    "picture, that is the image itself. With none, the metrics stay empty.",
    "grow": "Fill this many pixels around the painted ones as well.",
    "methods": "What fills the hole. Tick the ones to compare; what cannot run here is grey and "
    "says why.",
    "pipelines": "What is filled first, and how the colour comes back.",
    "colorizers": "How colour is recovered, in the pipelines that do so.",
    "grey-rgb": "Fill the luma, then recover the colour: the monochromic bottleneck.",
    "rgb-grey-rgb": "Fill in colour, keep only the luma, recover the colour anew.",
    "rgb-rgb": "Fill in colour, done.",
    "run": "Fill the painted pixels in every ticked way. The viewer stays usable meanwhile.",
    "cancel": "Stop. The rows that are finished stay.",
    "continue": "Go on with the comparison that was cancelled; failed rows are tried again.",
    "table": "One row for each way of filling; the best of each column is bold. Click a row to "
    "see its result, click a title to sort.",
    "filter": "Show only rows that hold this text.",
    "copy": "Copy the table to paste it into a spreadsheet.",
    "save": "Save the table as CSV, Markdown or LaTeX, as the suffix says.",
    "figure": "Save a chart of the hole PSNR as PNG, SVG or PDF, as the suffix says.",
    "grid": "Show the image and all results side by side; pressed again, as it was before.",
    "left": "The layer left of, or above, the divider.",
    "right": "The layer right of, or below, the divider.",
    "swipe": "Show one layer beside the other, with a divider to drag over the picture; pressed "
    "again, everything is as it was before.",
    "across": "Whether the divider lies across, with one layer above and one below.",
    "divider": "Where the divider is. It can be dragged on the picture as well.",
    "difference": "Add a layer that shows how far the two layers are apart, pixel by pixel: the "
    "largest difference among the channels.",
}
