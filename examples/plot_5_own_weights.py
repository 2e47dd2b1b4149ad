"""
Weights of your own
===================

A network that you have trained is a method beside the published ones, if its layers are those of a
network that this package knows. To have some weights, we train a very small LaMa on half of one
picture; yours would come from hours on a graphics card.
"""

import os
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from skimage import data

import napari_greyfill as greyfill
from napari_greyfill.inpaint.networks.lama.network import Lama
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.weights import Own

folder = Path(tempfile.mkdtemp())
os.environ["NAPARI_GREYFILL_WEIGHTS"] = str(folder / "weights")  # yours stay as they are

# %%
# A few seconds of training
# -------------------------
# One block in place of eighteen, eight channels in place of 64, one colour: grey. It sees tiles
# with a square hole, and the mask, and is to return the tile.

torch.manual_seed(0)
rng = np.random.default_rng(0)
bricks = data.brick()
wall = torch.from_numpy(bricks[:256] / np.float32(255))
network = Lama(blocks=1, width=8, colours=1)
optimizer = torch.optim.Adam(network.parameters(), 2e-3)
for _ in range(250):
    corners = zip(rng.integers(0, 192, 4), rng.integers(0, 448, 4), strict=True)
    tiles = torch.stack([wall[y : y + 64, x : x + 64] for y, x in corners])[:, None]
    holes = torch.zeros_like(tiles)
    for hole, (y, x) in zip(holes, rng.integers(8, 40, (4, 2)), strict=True):
        hole[:, y : y + 16, x : x + 16] = 1
    filled = network(torch.cat([tiles * (1 - holes), holes], dim=1))
    weight = holes + 0.1
    loss = ((filled - tiles).abs() * weight).sum() / weight.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
torch.save(network.eval().state_dict(), folder / "epoch_250.pth")

# %%
# Adding the file
# ---------------
# The layout is recognised by names and shapes of the tensors, the network is tried out, and a
# copy is kept under your name for it. ``napari-greyfill weights add epoch_250.pth --name
# bricks`` and the dock *Weights* do the same.

own = Own("bricks", training_data="half of a photograph of bricks", licence="CC0-1.0")
stored = network_weights().add(folder / "epoch_250.pth", own=own)
print(stored.info.id, stored.state)

# %%
# Filling with it
# ---------------
# The method is called *network@name*. What it was trained on goes with every fill.

picture = bricks[256:, :256]
mask = np.zeros(picture.shape, bool)
mask[100:116, 100:120] = mask[180:194, 40:60] = True
result = greyfill.fill(picture, mask, method="lama-ckpt@bricks")
print(result.provenance["weights"][0]["training_data"])

fig, axes = plt.subplots(1, 3, figsize=(10, 3.7), layout="constrained")
default = greyfill.fill(picture, mask)
panels = {"hole": np.where(mask, 0, picture), "our network": result.image}
for ax, (title, shown) in zip(axes, {**panels, "blend": default.image}.items(), strict=True):
    ax.imshow(shown, cmap="gray", vmin=0, vmax=255)
    ax.set_title(title)
    ax.axis("off")
plt.show()

# %%
# A few seconds do not make a good network: the default method has the smaller error here.

for name, each in (("our network", result), ("blend", default)):
    print(f"{name}: {greyfill.metrics(each.image, picture, mask)['hole_psnr']:.1f} dB in the hole")
