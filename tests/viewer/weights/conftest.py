"""The server on this machine that the tests of weights have."""

from tests.weights.conftest import site

__all__ = ["site"]
