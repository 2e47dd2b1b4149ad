"""
The study's table
=================

Does it pay to fill the grey first, and to recover the colour afterwards? A small version of the
study that this package follows: three pipelines and two methods on random holes of one picture.
"""

from skimage import data

import napari_greyfill as greyfill
from napari_greyfill.comparison.bars import bars

# %%
# Random holes in an intact picture
# ---------------------------------
# The picture is its own reference. Every way fills the same four holes.

photo = data.immunohistochemistry()[:160, :160]
comparison = greyfill.compare_masks(
    photo,
    count=4,
    kind="free-form",
    share=0.1,
    methods=["blend", "biharmonic"],
    pipelines=["grey-rgb", "rgb-grey-rgb", "rgb-rgb"],
)

# %%
# The table
# ---------
# Means over the holes, the best of each column bold. PSNR and SSIM are better when large, the
# colour difference ΔE (CIEDE2000) when small. ``to_dataframe``, ``to_csv`` and ``to_latex`` have
# the same.

comparison

# %%
# As bars, with 95 % intervals of the means
# -----------------------------------------

figure = bars(comparison.rows)

# %%
# Better, or luck?
# ----------------
# Holes differ in how hard they are, so the intervals overlap. What tells is the difference on one
# and the same hole: how far each way is behind the best one.

print(comparison.to_markdown().split("\n\n")[-1])

# %%
# Four holes of one picture prove nothing about other pictures. For a data set there is the command
# ``napari-greyfill evaluate``, whose report has all of this with paired statistics; the page
# *Compare ways of filling* shows what came of fifteen pictures.
