"""How long masks take: drawn at random at 512 x 512, found in a picture of 2048 x 2048."""

import numpy as np
from skimage import data

from benchmarks.frame import alternating, table
from napari_greyfill.masks import DETECTORS, RANDOM_KINDS, Tones, detect_mask, random_mask

SIDE, LARGE = 512, 2048


def measure(repeats: int) -> str:
    drawn = alternating(
        {
            kind: lambda kind=kind: [
                random_mask((SIDE, SIDE), kind, share=0.25, seed=seed) for seed in range(8)
            ]
            for kind in RANDOM_KINDS
        },
        repeats,
    )
    rows = [(RANDOM_KINDS[kind].title, 1000 * time.cpu / 8) for kind, time in drawn.items()]
    return (
        "## Random masks\n\n"
        f"{SIDE} × {SIDE} pixels, a quarter masked; CPU time of one mask, over 8 seeds, median "
        f"of {repeats} runs.\n\n" + table(("kind", "CPU ms"), rows) + "\n\n" + _found(repeats)
    )


def _found(repeats: int) -> str:
    picture = np.tile(data.astronaut(), (LARGE // 512, LARGE // 512, 1))
    contenders = {}
    for kind in DETECTORS:
        contenders[kind, "first"] = lambda k=kind: detect_mask(_fresh(picture), k)
        tones = Tones.of(picture)
        contenders[kind, "again"] = lambda k=kind, t=tones: detect_mask(t, k)
    contenders["", "prepare"] = lambda: _fresh(picture)
    times = alternating(contenders, repeats)
    prepared = times["", "prepare"].cpu
    rows = [
        (
            detector.title,
            1000 * (times[kind, "first"].cpu - prepared),
            1000 * times[kind, "again"].cpu,
        )
        for kind, detector in DETECTORS.items()
    ]
    return (
        f"Detectors on a colour picture of {LARGE} × {LARGE} pixels, which takes "
        f"{1000 * prepared:.0f} ms to prepare once. *First* is with new options; *again* is what "
        "a preview costs while its level, contrast or tolerance follows the slider.\n\n"
        + table(("detector", "first, CPU ms", "again, CPU ms"), rows)
        + "\n\n"
        + _preview(picture, repeats)
    )


def _fresh(picture: np.ndarray) -> Tones:
    return Tones.of(picture)


def _preview(picture: np.ndarray, repeats: int) -> str:
    """Move the slider in a real window, and time from there until the preview shows it."""
    import time

    import napari
    from qtpy.QtTest import QTest

    viewer = napari.Viewer()
    viewer.add_image(picture, name="photo", rgb=True)
    _, dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Masks")
    arrived: list[float] = []
    dock.previewed.connect(lambda: arrived.append(time.perf_counter()))
    dock.form.tabs.setCurrentWidget(dock.form.picture)
    while not arrived:
        QTest.qWait(20)
    slider = dock.form.picture.form.widgets["level"]
    taken, shown = [], []
    for step in range(4 * repeats):
        QTest.qWait(100)
        arrived.clear()
        start = time.perf_counter()
        slider.setValue(40 + step % 50)
        while not arrived:
            QTest.qWait(1)
        taken.append(arrived[0] - start)
        found = np.asarray(dock.preview.layer.data) != 0
        placement = dock.preview._placement
        start = time.process_time()
        dock.preview.show(found, placement)
        shown.append(time.process_time() - start)
    viewer.close()
    wall, busy = 1000 * np.median(taken), 1000 * np.median(shown)
    return (
        f"In a window with that picture the preview of a level is there {wall:.0f} ms after its "
        f"slider moved (wall time, median of {len(taken)}), 30 ms of which it waits for more; the "
        f"window is busy with it for {busy:.0f} ms of CPU time, the rest happens in a thread."
    )
