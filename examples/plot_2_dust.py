"""
Dust in a stack
===============

Dust on a camera lies at the same place in every frame. One mask serves them all, and the frames
themselves tell how much light still comes through.
"""

import matplotlib.pyplot as plt
import numpy as np
from skimage import data

import napari_greyfill as greyfill

# %%
# A film with dust
# ----------------
# The stage moves a specimen below the camera: sixteen frames, cut from scikit-image's histology.
# Three specks of dust, out of focus as on a camera's window, take up to half of the light. The
# mask covers them with their soft edges.

specimen = data.immunohistochemistry().mean(axis=-1)
frames, height, width = 16, 80, 96
rng = np.random.default_rng(7)
starts = rng.integers(0, (512 - height, 512 - width), (frames, 2))
intact = np.stack([specimen[r : r + height, c : c + width] for r, c in starts])
intact = (intact * 16 + rng.normal(0, 8, intact.shape)).astype(np.uint16)  # 12-bit counts

y, x = np.mgrid[:height, :width]
light = np.ones((height, width))
for row, column in [(22, 30), (55, 70), (60, 22)]:
    light *= 1 - 0.5 * np.exp(-((y - row) ** 2 + (x - column) ** 2) / 18)
dust = light < 0.99
film = (intact * light).round().astype(np.uint16)

# %%
# One call for all frames
# -----------------------
# ``axes`` says that the first axis is time. A flat mask serves every frame.

result = greyfill.fill(film, dust, axes="TYX")
for note in result.notes:
    print(note)

# %%
# Light comes through these specks, so that pixels may be divided by their gain, which the film
# itself tells, instead of being filled. ``dust="correct"`` and ``dust="inpaint"`` decide it by
# hand.

fig, axes = plt.subplots(2, 3, figsize=(9, 5.2), layout="constrained")
panels = {"dusty": film, "result": result.image, "intact": intact}
for row, t in zip(axes, (0, frames - 1), strict=True):
    for ax, (title, stack) in zip(row, panels.items(), strict=True):
        ax.imshow(stack[t], cmap="gray", vmin=0, vmax=4095)
        ax.set_title(f"{title}, frame {t}")
        ax.axis("off")
plt.show()

# %%
# Corrected or filled?
# --------------------
# The error in the dust, in counts of the camera, when it is corrected and when it is filled:

for dust_is in ("correct", "inpaint"):
    each = greyfill.fill(film, dust, axes="TYX", dust=dust_is)
    difference = (each.image.astype(float) - intact)[:, dust]
    print(f"{dust_is}: {np.sqrt((difference**2).mean()):.0f}")

# %%
# Three estimates of the gain, from smooth to sharp, are tried behind a copy of the dust at clean
# places, and the best is taken. The note above says how far off it was there. With dust whose
# edge is sharp, or that takes most of the light, it errs more: look at the result there.

(gain,) = (each.gain for each in result.gains.values())
print(f"lowest gain: {gain.min():.2f}, in truth {light.min():.2f}")
print(f"mean error in the dust: {np.abs(gain - light)[dust].mean():.3f}")

# %%
# With a reference, the table has a row of metrics for each frame.

measured = greyfill.fill(film, dust, axes="TYX", reference=intact)
table = measured.to_dataframe()
table.round(2).head()
