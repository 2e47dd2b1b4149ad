"""
A scratch on a micrograph
=========================

A bright scratch runs across a grey micrograph. We find it, fill it with the method for measuring,
and see which pixels were invented and how far off they are expected to be.
"""

import matplotlib.pyplot as plt
import numpy as np
from skimage import data, draw, morphology

import napari_greyfill as greyfill

# %%
# The picture and its damage
# --------------------------
# scikit-image brings a micrograph of a cell along. It is intact, so that we can tell in the
# end how good the fill is. The scratch is drawn by us.

intact = data.cell()[150:470, 150:470]
scratch = np.zeros(intact.shape, bool)
scratch[draw.line(40, 10, 260, 310)] = True
scratch = morphology.dilation(scratch, morphology.disk(2))
micrograph = intact.copy()
micrograph[scratch] = 255

# %%
# The mask
# --------
# A mask is True, or any label but 0, where pixels are to be filled. In napari you paint it; here a
# detector finds the thin bright line. What it finds is often a pixel too small, which ``grow``
# below makes up for.

mask = greyfill.detect_mask(micrograph, "lines", side="bright", width=8, length=60)
print(f"{mask.mean():.1%} of the picture is masked")

# %%
# The fill
# --------
# Grey pictures get the *faithful* fill: the one with the smallest error to expect, not the
# prettiest. What is not masked stays as it is, bit for bit.

result = greyfill.fill(micrograph, mask, grow=2)
assert (result.image[~result.hole] == micrograph[~result.hole]).all()

fig, axes = plt.subplots(1, 3, figsize=(10, 3.7), layout="constrained")
panels = {"scratched": micrograph, "the hole: mask, grown by 2": result.hole}
for ax, (title, picture) in zip(axes, {**panels, "filled": result.image}.items(), strict=True):
    ax.imshow(picture, cmap="gray")
    ax.set_title(title)
    ax.axis("off")
plt.show()

# %%
# How far off is it?
# ------------------
# The fill says which error to expect, from trials at known places of this picture. Here we know
# the truth and can check. The promise is an estimate: a factor of about 1.4 either way is usual
# for scratches.

error = (result.image.astype(float) - intact)[result.hole]
print(f"expected error: {result.expected_error:.1f} grey levels of 255")
print(f"true error:     {np.sqrt((error**2).mean()):.1f} grey levels of 255")

# %%
# What comes with the result
# --------------------------
# Do not measure anything inside the filled region: leave it out by ``result.hole``. The provenance
# says what the result was made with, and repeats it bit for bit.

again = greyfill.fill(micrograph, mask, **result.provenance["parameters"])
assert (again.image == result.image).all()
print(f"method: {result.provenance['method']}; mean of what was seen: ", end="")
print(f"{result.image[~result.hole].mean():.1f}")
