"""A server on this machine that behaves as badly as asked, and checkpoints to serve."""

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.weights import CheckpointInfo
from napari_greyfill.weights.folder import WeightsFolder
from napari_greyfill.weights.loading import load_state_dict
from napari_greyfill.weights.transfer import Rules

# Larger than any block, so that a transfer has a middle.
CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.site.requests.append((self.path, self.headers["Range"]))
        with suppress(ConnectionError):  # clients that refuse to listen are what this is about
            self.server.site.answers[self.path](self)

    def log_message(self, *args):
        pass

    def begin(self, status, length=None, **headers):
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass


@dataclass
class Site:
    """What the server answers, and what it was asked."""

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def offer(self, path, answer):
        self.answers[path] = answer
        return f"{self.address}{path}"


def whole(content=CONTENT):
    """Answer as a good server, which can also begin in the middle."""

    def answer(handler):
        asked = handler.headers["Range"]
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if start >= len(content):
            handler.begin(416, 0)
        elif asked:
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            handler.begin(206, len(content) - start, Content_Range=span)
        else:
            handler.begin(200, len(content))
        handler.wfile.write(content[start:])

    return answer


def without_ranges(content=CONTENT):
    def answer(handler):
        handler.begin(200, len(content))
        handler.wfile.write(content)

    return answer


def cut_off(after, content=CONTENT):
    """Announce everything, send a part and hang up."""

    def answer(handler):
        handler.begin(200, len(content))
        handler.wfile.write(content[:after])

    return answer


def status(code):
    return lambda handler: handler.begin(code, 0)


def redirect(url):
    return lambda handler: handler.begin(302, 0, Location=url)


@pytest.fixture
def site(monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    with QuietServer(("127.0.0.1", 0), Handler) as server:
        server.site = Site(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.site
        server.site.closing.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def rules():
    return Rules(connect_timeout=20, read_timeout=20, plain_hosts=frozenset({"127.0.0.1"}))


@pytest.fixture
def folder(tmp_path):
    return WeightsFolder(tmp_path / "weights")


def entry(**changes):
    """Return a catalogue entry."""
    fields = {
        "id": "net-faces",
        "network": "net",
        "descriptor": "net",
        "title": "Net, faces",
        "training_data": "faces",
        "masks": "rectangles",
        "size": 256,
        "good_for": "Faces.",
        "file": "net_faces.pth",
        "licence": "MIT",
        "citation": "A. Author: A Net, 2020",
        "page": "https://example.org/net",
    }
    return CheckpointInfo(**{**fields, **changes})


def names(folder):
    """Return the names of the files in a weights folder."""
    return sorted(path.name for path in folder.path.iterdir()) if folder.path.exists() else []


def link(path, target):
    """Make a link, or skip the test where the system lets nobody do so."""
    try:
        path.symlink_to(target)
    except OSError as error:
        pytest.skip(f"links cannot be made here: {error}")


@pytest.fixture
def weights(tmp_path):
    """Return a store of checkpoints of two layouts, of which nothing is here."""
    from tests.weights.stores import store_of

    return store_of(tmp_path / "weights")


@pytest.fixture
def file(tmp_path):
    """Write a checkpoint of the layout "conv" as a browser would save it."""
    from tests.weights.stores import saved

    return saved(tmp_path / "download.pth")


def refused(file):
    """Load a checkpoint that is to be refused, and return what is said."""
    with pytest.raises(BadCheckpointError) as caught:
        load_state_dict(file)
    return str(caught.value)
