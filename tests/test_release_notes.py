"""The script that says what is new in a version, and the changelog that it reads."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def script():
    path = ROOT / "scripts" / "release_notes.py"
    spec = importlib.util.spec_from_file_location("release_notes", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TEXT = """# Changelog

## Unreleased

- A

## 1.1.0 - unreleased

- B

## 1.0.0 - 2026-01-31

### Added

- C
"""


def test_the_section_of_a_version(script):
    assert script.section(TEXT, "1.0.0") == "### Added\n\n- C\n"


@pytest.mark.parametrize(
    ("version", "message"), [("1.1.0", "no date for 1.1.0"), ("0.9.0", "no heading for 0.9.0")]
)
def test_a_version_that_is_not_ready_is_refused(script, version, message):
    with pytest.raises(ValueError, match=message):
        script.section(TEXT, version)


def test_packages_have_the_version_of_the_tag(script):
    built = [Path(f"napari_greyfill-1.0.0{end}") for end in ("-py3-none-any.whl", ".tar.gz")]
    script.require_version(built, "1.0.0")
    for wrong in (built[:1], [*built, Path("other.whl")]):
        with pytest.raises(ValueError, match="were built"):
            script.require_version(wrong, "1.0.0")
    with pytest.raises(ValueError, match="were built"):
        script.require_version(built, "1.0.1")


def test_the_changelog_has_versions_each_with_the_usual_sections_once():
    parts = re.split(r"^## (.+)$\n", CHANGELOG, flags=re.MULTILINE)
    headings, texts = parts[1::2], parts[2::2]
    assert headings[0] == "Unreleased"
    assert all(
        re.fullmatch(r"\d+\.\d+\.\d+ - (\d{4}-\d{2}-\d{2}|unreleased)", each)
        for each in headings[1:]
    )
    for text in texts:
        kinds = re.findall(r"^### (.+)$", text, flags=re.MULTILINE)
        assert len(set(kinds)) == len(kinds)
        assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
