"""What OpenMMLab published."""

from napari_greyfill.inpaint.networks.openmmlab import openmmlab_checkpoint
from napari_greyfill.inpaint.networks.store import catalogue
from napari_greyfill.weights.catalogue import require_sound

# Nine files of five networks, by how the SHA-256 of each begins.
PUBLISHED = {
    "glcic-mm-places365": "52a040a8",
    "glcic-mm-celebahq": "5af0493f",
    "deepfillv1-mm-places365": "c00a0e21",
    "deepfillv1-mm-celebahq": "dd51a855",
    "deepfillv2-mm-places365": "10d15793",
    "deepfillv2-mm-celebahq": "c96e5f12",
    "pconv-mm-places365": "1ffed0e8",
    "pconv-mm-celebahq": "860f8b95",
    "aotgan-mm-places365": "6641441b",
}


def test_all_nine_are_listed_with_how_their_hash_begins():
    found = {info.id: info.sha256_prefix for info in catalogue() if "openmmlab" in info.url}
    assert found == PUBLISHED


def test_an_entry_is_made_from_the_path_of_its_file():
    info = openmmlab_checkpoint(
        "tiny-mm",
        "celebahq",
        "Tiny",
        "tiny/tiny_8x8_celeba_20200619-0123abcd.pth",
        configs="tiny",
        masks="dots",
        good_for="Faces.",
        citation="N. Body",
        size=8,
    )
    require_sound([info])
    assert (info.id, info.network, info.size) == ("tiny-mm-celebahq", "tiny", 8)
    assert info.sha256_prefix == "0123abcd"
    assert info.url.endswith("/inpainting/tiny/tiny_8x8_celeba_20200619-0123abcd.pth")
    assert info.training_data == "CelebA-HQ (faces)"
    assert "CelebA-HQ is for research only" in info.licence
