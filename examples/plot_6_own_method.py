"""
A method from outside
=====================

A method of your own needs one class. From then on it is in the dock, on the command line and in
comparisons, with windows, data types and keeping the known pixels dealt with outside.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy import ndimage
from skimage import data

import napari_greyfill as greyfill
from napari_greyfill.compute.registry import Method, MethodInfo
from napari_greyfill.inpaint.registry import INPAINTERS

# %%
# The method
# ----------
# Each round replaces the pixels of the hole by the mean of their four neighbours (Jacobi's way of
# solving Laplace's equation). Every ``yield`` says how much is done, and is a point where the fill
# can be cancelled.


class Membrane(greyfill.Inpainter):
    """A soap film over the hole."""

    def run(self, plane, hole, unknown=None):
        """Fill a (H, W) or (H, W, 3) plane in [0, 1], and return a `Fill`."""
        filled = plane.copy()
        filled[hole] = plane[~hole].mean(axis=0)
        kernel = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4
        if plane.ndim == 3:
            kernel = kernel[..., None]
        rounds = 300
        for n in range(rounds):
            filled[hole] = ndimage.convolve(filled, kernel)[hole]
            if n % 30 == 0:
                yield n / rounds
        return greyfill.Fill(filled)


# %%
# Its registration
# ----------------
# In a package of your own, an entry point of the group ``napari_greyfill.methods`` that leads to
# the same ``Method`` does it for everybody who installs the package.

about = MethodInfo("membrane", "Membrane", "inpainter", summary="A soap film over the hole.")
INPAINTERS.register(Method(about, Membrane))
print([info.title for info in greyfill.methods() if info.name == "membrane"])

# %%
# Beside the others
# -----------------

photo = data.chelsea()[60:240, 120:300]
mask = greyfill.random_mask(photo.shape[:2], "free-form", share=0.08, seed=5)
comparison = greyfill.compare(
    photo, mask, methods=["membrane", "biharmonic", "blend"], pipelines="grey-rgb", reference=photo
)
table = comparison.to_dataframe()
table[["method", "hole_psnr", "hole_ssim", "delta_e"]].round(2)

# %%
fig, axes = plt.subplots(1, 4, figsize=(12, 3.4), layout="constrained")
axes[0].imshow(np.where(mask[..., None], 0, photo))
axes[0].set_title("hole")
for ax, row in zip(axes[1:], comparison.rows, strict=True):
    ax.imshow(row.image)
    ax.set_title(row.combination.method)
for ax in axes:
    ax.axis("off")
plt.show()
