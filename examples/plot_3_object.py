"""
Removing an object
==================

For looking, not for measuring: the *texture* fill copies parts of the picture so that no seam
shows. Here it takes a galaxy away, and we compare it with the faithful fill of the same hole.
"""

import matplotlib.pyplot as plt
import numpy as np
from skimage import data, draw

import napari_greyfill as greyfill

# %%
# What is to go
# -------------
# The mask covers the whole object with its glow, and a little more: what is left of a rim is
# continued into the hole.

photo = data.hubble_deep_field()[300:500, 50:300]
mask = np.zeros(photo.shape[:2], bool)
mask[draw.disk((108, 75), 28)] = True

# %%
# Which look?
# -----------
# *Faithful* has the smaller error and is smooth; *texture* shows what could have been there. By
# default the hole decides, and the reason is said.

print(greyfill.suggest_look(photo, mask).reason)
texture = greyfill.fill(photo, mask)
faithful = greyfill.fill(photo, mask, look="faithful")

# %%
fig, axes = plt.subplots(2, 2, figsize=(9, 7.4), layout="constrained")
panels = {
    "photograph": photo,
    "what is to go": np.where(mask[..., None], np.uint8([255, 0, 255]), photo),
    "texture": texture.image,
    "faithful": faithful.image,
}
for ax, (title, picture) in zip(axes.flat, panels.items(), strict=True):
    ax.imshow(picture)
    ax.set_title(title)
    ax.axis("off")
plt.show()

# %%
# Honest words
# ------------
# The stars in the hole of the third picture do not exist. They look right, which is all that a
# texture fill promises; it gives no error to expect, and the faithful fill does.

print("texture: ", texture.expected_error)
print(f"faithful: {faithful.expected_error:.0f} levels of 255")

# %%
# Not content? Another seed is another try.

another = greyfill.fill(photo, mask, look="texture", seed=3)
print(f"{(another.image != texture.image).any(axis=-1).sum()} pixels differ")
