"""Print what CHANGELOG.md says about a version, for the page of its release.

Run: python scripts/release_notes.py v0.2.0 [FOLDER]

It fails if the changelog does not know the version, or not its date, or if a package in FOLDER has
another version.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def section(changelog: str, version: str) -> str:
    """Return what stands under the heading of a version.

    Parameters
    ----------
    changelog : str
        The whole file, with headings such as ``## 0.2.0 - 2026-11-30``.
    version : str
        Without the "v" of its tag.

    Raises
    ------
    ValueError
        If there is no such heading, or one without a date.
    """
    parts = re.split(r"^## (.+)$\n", changelog, flags=re.MULTILINE)
    for heading, text in zip(parts[1::2], parts[2::2], strict=True):
        name, _, date = heading.partition(" - ")
        if name == version:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
                raise ValueError(f"CHANGELOG.md has no date for {version}; write it there.")
            return text.strip() + "\n"
    raise ValueError(f"CHANGELOG.md has no heading for {version}; write one.")


def require_version(files: list[Path], version: str) -> None:
    """Raise `ValueError` unless there is a wheel and a source archive of a version, and no more.

    Parameters
    ----------
    files : list of Path
        What was built.
    version : str
        Without the "v" of its tag.
    """
    wanted = {
        f"napari_greyfill-{version}-py3-none-any.whl",
        f"napari_greyfill-{version}.tar.gz",
    }
    found = {file.name for file in files}
    if found != wanted:
        raise ValueError(f"These were built: {sorted(found)}, and not {sorted(wanted)}.")


def main(tag: str, folder: str = "") -> None:
    """Print the notes of the version of a tag.

    Parameters
    ----------
    tag : str
        For example "v0.2.0".
    folder : str
        Where the packages are that must have that version.
    """
    version = tag.removeprefix("v")
    if folder:
        require_version(list(Path(folder).iterdir()), version)
    sys.stdout.write(section((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ValueError as error:
        sys.exit(str(error))
