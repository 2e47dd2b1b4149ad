"""Whatever is passed, public functions answer with a result or with a sentence."""

import numpy as np
import pytest

import napari_greyfill as greyfill
from napari_greyfill import checks
from napari_greyfill.errors import (
    BadMaskError,
    BadParameterError,
    GreyfillError,
    UnsupportedImageError,
)


class Hostile:
    """Something that cannot even be made an array."""

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array today")


PAINTED = np.ones((24, 24), bool)
NAN, INF = float("nan"), float("inf")
HOSTILE = Hostile()
IMAGE = np.arange(24 * 24, dtype=np.uint8).reshape(24, 24)
COLOUR = np.dstack([IMAGE, IMAGE.T, IMAGE])
MASK = np.zeros((24, 24), bool)
MASK[10:13, 10:13] = True

# For each parameter, values that it cannot have. Numbers that are too small, not finite, of
# another type, or too large to mean anything.
NO_NUMBER = ("2", None, [1], 1j, NAN, INF, -INF, -1, np.nan, True, HOSTILE, 10**400)
NO_WHOLE = (*NO_NUMBER, 1.5, np.float32(2.0), 2**63, -(2**70))
NO_NAME = (None, 5, 1.5, b"auto", "", "nonsense", "AUTO ", ["auto"], {"auto"}, HOSTILE)
NO_NAMES = (5, 1.5, b"auto", "", "nonsense", [], [None], ["nonsense"], [["auto"]], HOSTILE)
NO_LABELS = ("12", 1, 1.5, b"12", [1.5], [None], ["1"], [[1, 2]], [NAN], [True], {1: 2}, HOSTILE)
NO_FLAG = ("yes", 0, 1, [], NAN, HOSTILE)
STACK = np.stack([IMAGE] * 2)  # which only fills take
NO_IMAGE = (
    *(None, "image.png", b"bytes", 5, NAN, [], [[]], [[1, 2], [3]], {}, object(), HOSTILE),
    *(
        IMAGE.astype(complex),
        IMAGE.astype(str),
        IMAGE.astype(object),
        STACK,
        IMAGE[0],
    ),
    *(np.zeros((0, 5)), np.zeros((24, 24, 7)), np.full((24, 24), NAN), IMAGE.astype("M8[s]")),
)
NO_MASK = (
    *(
        None,
        "mask.png",
        5,
        NAN,
        [],
        [[1, 2], [3]],
        {},
        object(),
        HOSTILE,
        MASK[:5],
        np.stack([MASK] * 2),
    ),
    *(~MASK & False, PAINTED, MASK.astype(complex), MASK.astype(str), MASK * 0.5 + 0.1),
    np.ma.MaskedArray(MASK, mask=True),
)
NO_HINTS = (
    *("red", 5, [], [[1, 2], [3]], {}, object(), HOSTILE, np.zeros((24, 24, 3))),
    *(np.zeros((5, 5, 4)), np.full((24, 24, 4), NAN), np.full((24, 24, 4), -1)),
    *(
        ([[1, 2]], [[1, 0, 0], [0, 0, 1]]),
        ([["a", "b"]], [[1.0, 0, 0]]),
        ([[NAN, 1]], [[1.0] * 3]),
    ),
    *(([[1, 2]], [[7.0, 0, 0]]), ([1, 2], [1.0, 0, 0]), ([[1j, 2]], [[1.0, 0, 0]])),
)
NO_NODATA = ("-9999", [1], 1j, INF, -INF, True, HOSTILE, 10**400)
NO_CHOICE = ("nonsense", 5, True, [], HOSTILE)

FILLING = {
    "image": [value for value in NO_IMAGE if value is not STACK],
    "mask": NO_MASK,
    "rgb": NO_FLAG,
    "labels": NO_LABELS,
    "device": NO_NAME,
    "seed": NO_WHOLE,
    "grow": (*NO_NUMBER, 1e6),
    "feather": NO_NUMBER,
    "scale": NO_NAME,
    "pipeline": NO_NAME,
    "colorizer": NO_NAME,
    "method": (*NO_NAMES, None),
    "hints": NO_HINTS,
    "nodata": NO_NODATA,
    "keep_invalid": (*NO_CHOICE, None),
}
COMPARING = {
    "image": NO_IMAGE,
    **{name: FILLING[name] for name in ("mask", "rgb", "labels", "device", "seed")},
    **{name: FILLING[name] for name in ("grow", "nodata", "keep_invalid")},
    "methods": NO_NAMES,
    "pipelines": NO_NAMES,
    "colorizers": NO_NAMES,
    "reference": (*(v for v in NO_IMAGE if v is not None), COLOUR / 255, COLOUR[:5]),
}
CANCELLED = {"cancelled": (5, "no", None, HOSTILE)}
WRONG = {
    "fill": FILLING,
    "fill_steps": FILLING | CANCELLED,
    "compare": COMPARING,
    "compare_steps": COMPARING | CANCELLED,
    "suggest_look": {
        name: FILLING[name]
        for name in ("image", "mask", "rgb", "labels", "grow", "nodata", "keep_invalid")
    },
    "colorize": {
        **{name: FILLING[name] for name in ("image", "mask", "device", "seed", "hints")},
        "grey": (*NO_IMAGE, IMAGE[:5]),
        "method": NO_NAME,
    },
    "metrics": {
        **{name: FILLING[name] for name in ("image", "rgb", "nodata")},
        "mask": [value for value in NO_MASK if value is not PAINTED],
        "reference": (*NO_IMAGE, COLOUR / 255, COLOUR.astype(np.uint16), COLOUR[:5], IMAGE),
    },
    "masked_images": {
        **{name: FILLING[name] for name in ("image", "mask", "rgb")},
        "value": (None, "grey", [0], 1j, NAN, INF, -1, 256, 1.5, 10**400, True, HOSTILE),
    },
    "random_mask": {
        "shape": (
            *(None, 5, "ab", [], (5,), (0, 5), (-1, 5), (1.5, 2), (NAN, 2), (INF, 2), HOSTILE),
            *((10**9, 10**9), ("5", "5"), (None, 5), {"h": 5}),
        ),
        "kind": NO_NAME,
        "share": (
            "x",
            [],
            (0.1,),
            (0.1, 0.2, 0.3),
            NAN,
            INF,
            -1,
            0,
            2,
            1j,
            True,
            (NAN, 1),
            HOSTILE,
        ),
        "seed": NO_WHOLE,
        "free_border": (*NO_WHOLE, 24, 10**6),
        "keep_clear_of": (
            MASK[:5],
            "mask",
            5,
            HOSTILE,
            [[1, 2], [3]],
            MASK.astype(str),
            MASK | True,
        ),
        "objects": ("mask", 5, HOSTILE, [[1, 2], [3]], IMAGE / 2, IMAGE * 0, IMAGE.astype(str)),
    },
}
GOOD = {
    "fill": {"image": COLOUR, "mask": MASK, "method": "biharmonic", "colorizer": "propagation"},
    "compare": {
        "image": COLOUR,
        "mask": MASK,
        "methods": "biharmonic",
        "pipelines": "rgb-rgb",
    },
    "suggest_look": {"image": COLOUR, "mask": MASK},
    "colorize": {"image": COLOUR, "mask": MASK, "grey": IMAGE, "method": "propagation"},
    "metrics": {"image": COLOUR, "reference": COLOUR, "mask": MASK},
    "masked_images": {"image": COLOUR, "mask": MASK},
    "random_mask": {"shape": (24, 24), "kind": "semantic"},
}
GOOD["fill_steps"], GOOD["compare_steps"] = GOOD["fill"], GOOD["compare"]
CASES = [
    pytest.param(function, name, value, id=f"{function}-{name}-{number}")
    for function, parameters in WRONG.items()
    for name, values in parameters.items()
    for number, value in enumerate(values)
]


def call(function, **arguments):
    """Call a public function, and run what it returns to its end."""
    result = getattr(greyfill, function)(**{**GOOD[function], **arguments})
    if function.endswith("_steps"):
        for _ in result:
            pass
    return result


@pytest.mark.parametrize("function", GOOD)
def test_the_other_arguments_are_good(function):
    call(function)


@pytest.mark.parametrize(("function", "name", "value"), CASES)
def test_a_wrong_value_is_a_sentence(function, name, value):
    with pytest.raises(GreyfillError) as caught:
        call(function, **{name: value})
    sentence = str(caught.value)
    assert isinstance(caught.value, ValueError), sentence
    assert sentence.endswith((".", "5")), sentence  # advice may end with code: mask > 0.5
    assert "\n" not in sentence
    assert ";" in sentence or ". " in sentence or "choose" in sentence, sentence


@pytest.mark.parametrize(
    ("pixels", "colours"),
    [("ab", [[1, 0, 0]]), ([[1, 2]], "red"), ([[1, 2]], [[1, 0]]), ([1, 2], [[1, 0, 0]]),
     (HOSTILE, HOSTILE), (None, None)],
)  # fmt: skip
def test_hints_made_by_hand_are_checked(pixels, colours):
    with pytest.raises(GreyfillError):
        greyfill.ColourHints(pixels, colours)


@pytest.mark.parametrize("size", ["5", NAN, -1, INF, [1, 2], None, 1j, 1e9])
def test_sizes_of_hints_are_checked(size):
    with pytest.raises(GreyfillError):
        greyfill.ColourHints.from_points([[1, 2], [3, 4], [5, 6]], [[1.0, 0, 0]] * 3, size)


def test_what_is_right_stays_right():
    assert checks.labels_of({3, 1}) == (1, 3)
    assert checks.labels_of(np.array([2, 1])) == checks.labels_of(range(1, 3)) == (1, 2)
    assert checks.labels_of([]) == () and checks.labels_of(None) is None
    assert checks.whole_of("seed", np.int16(3)) == checks.whole_of("seed", np.array(3)) == 3
    assert checks.number_of("grow", np.float32(1.5)) == 1.5
    assert checks.flag_of("rgb", np.True_) is True and checks.flag_of("rgb", None) is None
    assert checks.names_of("method", "a") == checks.names_of("method", ["a"]) == ("a",)


def test_sentences_about_long_values_stay_short():
    with pytest.raises(BadParameterError) as caught:
        checks.number_of("grow", "x" * 10_000)
    assert len(str(caught.value)) < 200


def test_the_kind_of_error_follows_what_is_wrong():
    with pytest.raises(UnsupportedImageError):
        greyfill.fill(HOSTILE, MASK)
    with pytest.raises(BadMaskError):
        greyfill.fill(IMAGE, HOSTILE)


class TestMetricsOfTypesThatDoNotCompare:
    def test_8_bits_and_floats_are_refused(self):
        with pytest.raises(UnsupportedImageError, match="convert one to the type of the other"):
            greyfill.metrics(IMAGE, IMAGE / 255, MASK)

    def test_floats_of_both_widths_compare(self):
        image = (IMAGE / 255).astype(np.float32)
        assert greyfill.metrics(image, image.astype(np.float64), MASK)["psnr"] == INF

    def test_values_near_the_end_of_floats_do_not_overflow(self):
        truth = IMAGE.astype(np.float64)
        found = greyfill.metrics(truth + MASK, truth, MASK)
        for scale in (1e300, 1e-200):
            scaled = greyfill.metrics((truth + MASK) * scale, truth * scale, MASK)
            assert scaled["psnr"] == pytest.approx(found["psnr"], rel=1e-9)
            assert scaled["ssim"] == pytest.approx(found["ssim"], rel=1e-9)
            assert scaled["mae"] == pytest.approx(found["mae"] * scale, rel=1e-9)
