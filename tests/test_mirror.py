"""Every module has a test file where it is looked for, but for a list that may only shrink."""

from pathlib import Path

import napari_greyfill

SOURCE = Path(napari_greyfill.__file__).parent
TESTS = Path(__file__).parent
LISTED = TESTS / "unmirrored.txt"


def unmirrored():
    """Return the modules that have no test file, and whose folder has none of its name either."""
    for path in sorted(SOURCE.rglob("*.py")):
        module = path.relative_to(SOURCE)
        folder = TESTS / module.parent
        own = folder / f"test_{module.stem}.py"
        of_folder = folder.parent / f"test_{folder.name}.py"
        if module.stem != "__init__" and not own.exists() and not of_folder.exists():
            yield module.as_posix()


def test_new_modules_come_with_a_test_file():
    new = set(unmirrored()) - set(LISTED.read_text().split())
    assert not new, f"write tests for these (or rename their lines in {LISTED.name}): {new}"


def test_the_list_shrinks_with_every_test_file():
    done = set(LISTED.read_text().split()) - set(unmirrored())
    assert not done, f"take these out of {LISTED.name}: {done}"
