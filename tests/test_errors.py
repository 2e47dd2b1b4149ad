import pytest

from napari_greyfill import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_can_be_caught_as_one_of_ours(name):
    kind = getattr(errors, name)
    if name == "GreyfillWarning":
        assert issubclass(kind, UserWarning)
    else:
        assert issubclass(kind, errors.GreyfillError)
        assert name.endswith("Error")
    assert kind.__doc__


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.BadParameterError, ValueError),
        (errors.UnsupportedImageError, ValueError),
        (errors.EmptyMaskError, ValueError),
        (errors.ShapeMismatchError, ValueError),
        (errors.UnreadableFileError, OSError),
        (errors.UnwritablePathError, OSError),
        (errors.DownloadError, OSError),
        (errors.OutOfMemoryError, MemoryError),
    ],
)
def test_who_does_not_know_us_catches_what_python_calls_it(kind, builtin):
    with pytest.raises(builtin, match="do this"):
        raise kind("do this")
