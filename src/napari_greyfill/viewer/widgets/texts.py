"""Every tooltip of the docks, in one place. Plain sentences: what it does, unit, effect."""

from __future__ import annotations

__all__ = [
    "COMPARE",
    "FILL",
    "HEAL",
    "HOLE",
    "LAYERS",
    "MASKS",
    "MASK_BAR",
    "METRICS_TABLE",
    "OWN_WEIGHTS",
    "STACK",
    "WEIGHTS",
]

FILL = {
    "advanced": "Method, look and colorizer one by one, and what only some need.",
    "defaults": "Set every choice but the layers back.",
    "settings": "Choose what the selected result was made with: its method, its options.",
    "image": "The image to fill: the selected one, until you choose one here. It is never "
    "changed: results come as layers of their own.",
    "mask": "The labels layer whose painted pixels are filled: the selected one, until you choose "
    "one here.",
    "new_mask": "Add an empty labels layer of the image's size and position, "
    "ready to paint on with the brush. Of a stack, it lies on every plane.",
    "hints": "A points layer: its points in the hole have the colours that the fill is to have "
    "there, for things whose colour the image does not show.",
    "confidence": "Also add a layer that tints the result violet where its colours are a guess. "
    "Its values go from 0 (a guess) to 1 (sure). It comes hidden: click its eye.",
    "also": "More methods to run on the same image and mask, one after the other. Each result "
    "comes as a layer and a row of its own.",
    "weights": "Get the checkpoints that published networks need.",
    "reference": "If the mask was painted on an intact picture, choose that picture to "
    "measure the fill against it. With no reference the metrics stay empty.",
    "intermediates": "Also add the grey with its hole, the filled grey, the colours of each "
    "scale and the pixels that were filled, as (hidden) layers of the part around the hole.",
    "preview": "Show the unfinished result in a layer of its own while a network learns.",
    "keep": "Add new layers in every run. Otherwise a run on the same image and slice "
    "updates the layers of the run before.",
    "run": "Fill the painted pixels. The viewer stays usable meanwhile, and the brush in hand. "
    "Key: Ctrl+Enter.",
    "cancel": "Stop the fill. No layer is added or changed. Key: Esc.",
    "another": "Fill the same again with the next seed, which gives another fill. The one that is "
    "there stays, so that you can choose.",
    "original": "Hold to see the image as it was, without masks and results. "
    "With a result layer selected, holding the key H does the same.",
    "heal": "Open the dock Heal with this image: each stroke is filled when the brush is lifted.",
    "python": "Copy a few lines for napari's console that repeat the last run.",
    "save": "Write the last result, by default beside its picture and in its format, with what "
    "the file says besides pixels (EXIF, colour profile, pixel size). The mask is written too.",
    "progress": "What the fill is doing, and how much of it is done.",
}

HOLE = {
    "only_cpu": "On this machine there is only the CPU.",
}

LAYERS = {
    "follow": "Follow the selected layer",
    "follow_tip": "This was chosen by hand and stays. Choose this entry to have it go with the "
    "selected layer again.",
}

BARS = {
    "interval": "How far the last fill may be from the truth: between which values 90 of 100 true "
    "ones lie. Adds both ends, hidden, and half their distance as a glow over the hole. The hole "
    "is tried out in known places of this picture, which takes about three times as long as the "
    "fill.",
    "draws": "Plausible fills, all different, as one layer with a slider: what the picture may be "
    "like there. Measure on all of them to learn the plus-minus of a measurement.",
    "count": "How many plausible fills to draw.",
    "stop": "Stop working out the interval or the draws; no layer is added.",
}

STACK = {
    "planes": "Which planes of the stack to fill: the one in view, all that have something "
    "painted, or a range along the first axis. Several planes come as one layer of the "
    "shape of the stack.",
    "range": "The first and the last plane to fill, counted from 0.",
    "store": "The folder that keeps what is filled, for stacks that are read in parts or are "
    "larger than 1 GB: an OME-Zarr with the filled pixels alone, so it is small. A run that was "
    "cancelled, or whose napari was closed, goes on from there. Empty: in memory.",
    "bake": "Write the filled stack in full, as an OME-Zarr or a TIFF: of the selected result, or "
    "of the last one.",
    "bake_cancel": "Stop writing. Nothing is left behind.",
    "each": "New mask adds a mask in which every plane has its own pixels, as for damage that is "
    "not at the same place everywhere. Otherwise one plane serves all.",
}

HEAL = {
    "image": "The image to heal. It is never changed: what is healed is a layer of its own.",
    "heal": "Paint over a blemish: it is filled from its surroundings when the brush is lifted. "
    "Key: H.",
    "clone": "Hold Alt and click a place to copy from, then paint: the texture comes from there, "
    "the brightness from the rim. Drag the dashed outline to copy from another place. Key: C.",
    "restore": "Paint the original back. Key: R.",
    "brush": "Diameter of the brush. Keys: [ smaller, ] larger.",
    "fill": "What takes the place of the smooth fill that is shown at once. Corrected and blend "
    "are for measuring; texture copies patches, and is for looking only.",
    "blended": "Bring what is cloned to the brightness of the rim. Otherwise it is copied as "
    "it is.",
    "outline": "Draw a line around the pixels that are no longer those of the picture: blue where "
    "inferred from around, green where corrected by the network, orange where copied from "
    "elsewhere. Key: O.",
    "take": "Select the brush's layer and paint.",
    "undo": "Take the last stroke on this plane back, bit by bit. Key: Ctrl+Z.",
    "redo": "Do again what was taken back. Key: Ctrl+Shift+Z.",
    "run": "Fill the large strokes, which wait. Key: Ctrl+Enter.",
    "cancel": "Stop the fills that are running and take their strokes back. Key: Esc.",
    "save": "Write the healed picture, of a stack the plane in view, by default beside its file "
    "and in its format, with what the file says besides pixels. What is invented is written too.",
    "mask": "Add a labels layer with the pixels that are no longer those of the picture: "
    "1 inferred, 2 corrected, 3 copied.",
    "progress": "How much of the fill is done.",
    "dust": "Outline what may be dust or scratches in the plane in view: red ones will be healed, "
    "grey ones were dropped. Paint elsewhere as usual.",
    "blemish": "What to look for: small spots, thin lines, or both.",
    "side": "Whether it is brighter than its surroundings, darker, or either.",
    "size": "Largest spot; scratches are at most a third as thick.",
    "contrast": "How much it must differ from its surroundings, as a share of the range of "
    "values. Less finds more.",
    "heal_all": "Heal all that are outlined in red, as one step of undo. Esc takes it back while "
    "it runs.",
}

MASK_BAR = {
    "source": "Make a mask of an image layer that shows one, or of a mask file: black is kept, "
    "white is filled; soft greys are halved. Regions of ImageJ count as well.",
    "invert": "Mask what is not masked, and the other way round, in the plane in view. Undo takes "
    "it back.",
}

METRICS_TABLE = {
    "table": "One row for each run; of runs on the same picture and hole, the best of each "
    "column is bold. Click a row to select its result, click a column's title to sort.",
    "copy": "Copy the table to paste it into a spreadsheet.",
    "save": "Save the table as CSV, Markdown, LaTeX or HTML, as the suffix says.",
    "clear": "Remove all rows. Layers stay as they are.",
}

WEIGHTS = {
    "table": "The published checkpoints and whether they are on this computer; then your own "
    "weights and files that were put into the folder by hand.",
    "get": "Download the chosen checkpoint, or open the page where a browser can fetch it. A file "
    "that was put into the folder by hand is looked at; of weights of your own you can say what "
    "they are called, what they were trained on and what their licence is.",
    "add": "Add a checkpoint file that you have, a published one or one of your own: it is "
    "checked, recognised and copied.",
    "all": "Download every published checkpoint that needs no browser and is not here. What "
    "cannot be had is told at the end; Cancel keeps what has arrived.",
    "add_offered": "Check this file, find out which checkpoint it is, and copy it.",
    "leave_offered": "Leave the file where it is.",
    "remove": "Delete the chosen checkpoint from the weights folder.",
    "folder": "Open the folder in which checkpoints are kept. Preferences can set another one.",
    "cancel": "Stop the download. What has arrived is kept and continued later.",
}

OWN_WEIGHTS = {
    "which": "No published SHA-256 tells whether this is a published file. If you have fetched it "
    "from its page, say which one it is.",
    "name": "Small letters and digits, with hyphens, underscores or dots between. The method is "
    "called network@name; files of one network with the same name go together.",
    "training_data": "What the weights were trained on, as far as you know. It goes with every "
    "fill.",
    "licence": "The licence of the weights, as far as you know. It goes with every fill.",
    "say": "Keep what is said here.",
    "leave": "Leave everything as it is.",
}

MASKS = {
    "image": "The picture the mask is for: the selected one, until you choose one here. It is "
    "never changed.",
    "mask": "The labels layer that is changed: the selected one, until you choose one here. Every "
    "change is one step that Undo (Ctrl+Z with "
    "the layer selected) takes back.",
    "new_mask": "Add an empty labels layer of the image's size and position. Of a stack, it lies "
    "on every plane.",
    "paint": "Paint on the mask. The brush size is among the layer's controls.",
    "erase": "Erase from the mask.",
    "polygon": "Click the corners of a polygon; a double click closes and fills it.",
    "fill": "Click to fill what is of one label and connected, such as inside an outline.",
    "rectangle": "Drag over the picture: the rectangle is added to the mask, or taken from it "
    "if that is chosen below.",
    "shapes": "Use what the shapes of the chosen layer cover.",
    "labels": "Use objects of the chosen labels layer, for example of a segmentation.",
    "names": "Which labels to use, such as 1, 3-5. Empty: all of them.",
    "detector": "What to look for in the picture.",
    "pick": "While this is pressed, a click on the picture chooses the pixel to start from.",
    "preview": "Show in magenta what Apply would use. It follows the sliders and goes away with "
    "this dock.",
    "kind": "The shapes of the random mask.",
    "share": "How much of the picture to mask.",
    "bin": "How much of the picture to mask: one of the usual bins, in which the seed draws.",
    "objects": "Take the shape of a real object from a labels layer, and move it.",
    "own_size": "Do not scale the object to the share.",
    "random_seed": "The same seed gives the same mask.",
    "another": "Go on to the next seed.",
    "border": "Keep so many pixels along the border free.",
    "clear_of": "Keep clear of what this layer masks.",
    "size": "Distance in pixels for Grow, Shrink and Smooth.",
    "specks_size": "Remove specks takes away groups of fewer pixels.",
    "grow": "Mask what is up to that far away as well. Labels grow apart.",
    "shrink": "Unmask what is up to that far from the edge.",
    "smooth": "Round off corners, frays and bays narrower than twice that.",
    "fill_holes": "Mask what the mask encloses.",
    "specks": "Unmask small groups of pixels.",
    "invert": "Mask what is not masked, and the other way round.",
    "clear": "Unmask everything.",
    "other": "A layer of the same size; its painted pixels are the other mask.",
    "union": "Mask what either masks.",
    "intersection": "Keep only what both mask.",
    "difference": "Unmask what the other masks.",
    "how": "What Apply does with the mask there is.",
    "apply": "Change the mask, as one step that Undo takes back.",
    "apply_all": "Find in every plane of the stack, each by itself, and change the mask in one "
    "step that Undo takes back. Without a mask there is a new one with a plane for each; on a "
    "flat mask all that is found comes together.",
    "hole": "What masked images hold in the hole: black, white, or the mean of what is known.",
    "grey_masked": "Add the luma with the hole as an image layer.",
    "colour_masked": "Add the picture with the hole as an image layer.",
    "save": "Write mask, grey-masked and colour-masked image and a JSON to a folder.",
}

COMPARE = {
    "advanced": "Options that all ways of filling share and only some need.",
    "image": "The image to fill: the selected one, until you choose one here. It is never "
    "changed.",
    "mask": "The labels layer whose painted pixels are filled: the selected one, until you choose "
    "one here.",
    "reference": "What the results are measured against: another layer that shows the image "
    "without its damage, or, if the mask is painted on an intact picture, the image itself. With "
    "none, the metrics stay empty.",
    "random": "Compare on so many random masks in place of the painted one: the table has means "
    "with 95 % intervals. They cover as much as is painted. What is painted counts as damage: it "
    "is filled too, and not measured.",
    "random_kind": "The kind of the random masks.",
    "methods": "What fills the hole. Tick the ones to compare; what cannot run here is grey and "
    "says why.",
    "pipelines": "What is filled first, and how the colour comes back.",
    "colorizers": "How colour is recovered, in the pipelines that do so.",
    "run": "Fill the painted pixels in every ticked way. The viewer stays usable meanwhile.",
    "cancel": "Stop. The rows that are finished stay.",
    "continue": "Go on with the comparison that was cancelled; failed rows are tried again.",
    "table": "One row for each way of filling; the best of each column is bold. Click a row to "
    "see its result, click a title to sort.",
    "filter": "Show only rows that hold this text.",
    "copy": "Copy the table to paste it into a spreadsheet.",
    "save": "Save the table as CSV, Markdown, LaTeX or HTML, as the suffix says.",
    "figure": "Save bars of hole PSNR and SSIM, or a contact sheet with the places where the "
    "results differ most, as PNG, SVG or PDF, as the suffix says.",
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
