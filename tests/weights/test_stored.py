"""A checkpoint as it is found, and what is said if it cannot be used."""

import pytest

from napari_greyfill.errors import (
    MissingWeightsError,
)
from napari_greyfill.inpaint.networks.store import network_weights


def test_rows_are_plain_data(weights):
    row = weights.list()[0].to_dict()
    assert row["id"] == "conv-faces"
    assert row["state"] == "by hand"
    assert row["path"] == str(weights.folder.path / "conv_faces.pth")


def test_what_is_not_here_says_how_to_get_it(tmp_path, weights):
    with pytest.raises(MissingWeightsError) as caught:
        weights.path("conv-faces")
    assert str(caught.value) == (
        "Net, faces is not on this computer; open https://example.org/net in a browser, save "
        "faces.pth, and add it with: napari-greyfill weights add FILE --id conv-faces"
    )
    with pytest.raises(MissingWeightsError) as caught:
        network_weights(tmp_path).path("deepfillv2-mm-places365")
    assert str(caught.value) == (
        "DeepFill v2 (OpenMMLab), Places365 is not on this computer; "
        "get it with: napari-greyfill weights get deepfillv2-mm-places365"
    )
