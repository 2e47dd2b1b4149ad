import numpy as np
import pytest

import napari_greyfill
from napari_greyfill.pipeline.hints import ColourHints


@pytest.fixture(scope="module")
def result(astronaut, scratch):
    return napari_greyfill.fill(astronaut, scratch, method="biharmonic")


def test_a_result_is_one_line(result, scratch):
    assert repr(result).startswith("<FillResult 96 × 120 × 3 uint8: ")
    assert f"{np.count_nonzero(scratch)} pixels filled by biharmonic, grey-rgb" in repr(result)
    assert "\n" not in repr(result)


def test_a_result_says_the_error_to_expect(tissue, scratch):
    result = napari_greyfill.fill(tissue[..., 0], scratch)
    assert f"expected error {result.expected_error:.3g}>" in repr(result)


def test_a_comparison_is_one_line(astronaut, scratch):
    comparison = napari_greyfill.compare(
        astronaut, scratch, methods="biharmonic", pipelines=["grey-rgb", "rgb-rgb"]
    )
    assert repr(comparison).startswith("<Comparison of 2 fills of ")
    best = max(row.metrics["hole_psnr"] for row in comparison.rows)
    assert repr(comparison).endswith(f"{best:.2f} dB>")


def test_what_else_holds_pixels_is_one_line(tmp_path, astronaut, scratch):
    napari_greyfill.write_image(tmp_path / "a.png", astronaut)
    shown = repr(napari_greyfill.read_image(tmp_path / "a.png"))
    assert shown == f"<ImageFile {tmp_path / 'a.png'}: 96 × 120 × 3 uint8>"
    masked = napari_greyfill.masked_images(astronaut, scratch)
    assert repr(masked) == "<MaskedImages 96 × 120 uint8 and 96 × 120 × 3 uint8>"
    hints = ColourHints.from_points([[3, 4], [30, 40]], [[1.0, 0, 0], [0, 0, 1]], 1)
    assert repr(hints) == "<ColourHints for 2 pixels>"


def test_a_result_as_layers(result, scratch):
    image, region, sure = result.to_layers()
    assert image[0] is result.image
    assert image[1] == {
        "name": "filled",
        "rgb": True,
        "metadata": {"greyfill": result.provenance},
    }
    assert [kind for _, _, kind in (image, region, sure)] == ["image", "labels", "image"]
    np.testing.assert_array_equal(region[0] != 0, scratch)
    assert sure[0] is result.confidence


@pytest.mark.parametrize("shape", [(96, 120), (1, 96, 120), (1, 96, 120, 1)])
def test_grey_is_no_colour_however_it_is_given(cell, scratch, shape):
    result = napari_greyfill.fill(cell.reshape(shape), scratch, method="biharmonic")
    (image, region) = result.to_layers()
    assert image[0].shape == shape
    assert image[1]["rgb"] is False
    assert region[0].shape == scratch.shape


def test_colour_with_axes_of_length_1_is_colour(astronaut, scratch):
    result = napari_greyfill.fill(astronaut[None], scratch, method="biharmonic")
    assert result.to_layers()[0][1]["rgb"] is True


def test_napari_makes_layers_of_them(result):
    layers = pytest.importorskip("napari.layers")
    made = [layers.Layer.create(*data) for data in result.to_layers()]
    assert [layer.name for layer in made] == ["filled", "filled region", "colour confidence"]
