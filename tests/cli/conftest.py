"""The server that behaves as badly as asked, for commands that download."""

from tests.weights.conftest import rules, site

__all__ = ["rules", "site"]
