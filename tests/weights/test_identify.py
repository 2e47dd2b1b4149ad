"""Which published checkpoint a file is: its SHA-256 says so, or the user."""

import hashlib

import pytest

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.weights.identify import agreed, proven, unidentified
from napari_greyfill.weights.loading import Checkpoint
from tests.weights.conftest import entry

CONTENT = b"tensors"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = Checkpoint("net_faces.pth", CONTENT, SHA256)  # called as the published one is
NOTHING = entry()
WHOLE = entry(id="net-whole", file="a.pth", sha256=SHA256)
PREFIX = entry(id="net-prefix", file="b.pth", sha256_prefix=SHA256[:8])
OTHER = entry(id="net-other", file="c.pth", sha256_prefix="01234567")
SMALL = entry(id="net-small", file="d.pth", bytes=1)


@pytest.mark.parametrize("known", [WHOLE, PREFIX])
def test_a_hash_is_proof(known):
    assert proven(FILE, "net", [NOTHING, OTHER, known]) is known


@pytest.mark.parametrize("known", [NOTHING, OTHER, SMALL])
def test_nothing_else_is(known):
    assert proven(FILE, "net", [known]) is None


def test_a_hash_of_another_layout_is_none():
    assert proven(FILE, "other", [WHOLE]) is None


def test_the_user_may_say_so_where_nothing_contradicts():
    assert agreed(FILE, "net", NOTHING, [NOTHING]) is NOTHING
    with pytest.raises(BadCheckpointError, match="is not the file that was published as net-oth"):
        agreed(FILE, "net", OTHER, [OTHER])
    with pytest.raises(
        BadCheckpointError, match="is not the file that was published as net-small"
    ):
        agreed(FILE, "net", SMALL, [SMALL])
    with pytest.raises(BadCheckpointError, match="a checkpoint of other, and net-faces is one of"):
        agreed(FILE, "other", NOTHING, [NOTHING])


def test_what_may_be_asked():
    error = unidentified(FILE, "net", [NOTHING, OTHER, SMALL])
    assert (error.layout, error.possible) == ("net", ("net-faces",))
    assert "say which it is with --id (net-faces), or keep it as" in str(error)
    assert unidentified(FILE, "net", [OTHER]).possible == ()
