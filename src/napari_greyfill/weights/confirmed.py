"""Programs that the user has confirmed, by their SHA-256.

A TorchScript file is a program. Where no SHA-256 is published, nothing but the user can say that
it may run; it is said once for each file. That is kept apart from the weights folder, so that a
folder that came from elsewhere cannot bring confirmations along.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

from napari_greyfill.atomic import replacing
from napari_greyfill.errors import BadParameterError, UnwritablePathError

__all__ = ["confirm", "confirmations_file", "confirmed", "is_confirmed", "require_sha256"]

_SHA256 = re.compile(r"[0-9a-f]{64}")


def confirmations_file() -> Path:
    """Return where confirmations are kept: in the user's own folder for settings."""
    import platformdirs

    folder = platformdirs.user_config_path("napari-greyfill", appauthor=False)
    return folder / "confirmed_programs.json"


def confirmed() -> dict[str, str]:
    """Return what was confirmed: titles by SHA-256; whatever is not as we write it is none."""
    with suppress(OSError, ValueError, AttributeError):
        found = json.loads(confirmations_file().read_text("utf-8"))
        return {k: str(v) for k, v in found.items() if _SHA256.fullmatch(k)}
    return {}


def is_confirmed(sha256: str) -> bool:
    """Tell whether the user has confirmed a program."""
    return sha256 in confirmed()


def confirm(sha256: str, title: str) -> None:
    """Remember that a program may run.

    Parameters
    ----------
    sha256 : str
        Of the whole file, 64 hexadecimal digits.
    title : str
        What it is, for people who look into the file.

    Raises
    ------
    BadParameterError
        If that is no SHA-256.
    UnwritablePathError
    """
    file, now = confirmations_file(), {**confirmed(), require_sha256(sha256): title}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as part:
            part.write((json.dumps(now, indent=2) + "\n").encode())
    except OSError as error:
        raise UnwritablePathError(
            f"{file} cannot be written to ({error.strerror or error}); change its permissions."
        ) from error


def require_sha256(text: str) -> str:
    """Return a SHA-256 in small letters.

    Raises
    ------
    BadParameterError
        If it is none.
    """
    sha256 = text.strip().lower()
    if not _SHA256.fullmatch(sha256):
        raise BadParameterError(
            f"{text!r:.80} is no SHA-256; give all of its 64 hexadecimal digits."
        )
    return sha256
