"""The page of questions has every sentence that an error says."""

import ast
from pathlib import Path

import pytest

from napari_greyfill import errors
from tests.scripts import script_of


@pytest.fixture(scope="module")
def script():
    return script_of("error_pages")


@pytest.fixture(scope="module")
def page(script):
    return script.page()


def literals():
    """Yield the longest plain piece of each text that an error is made with, and where."""
    for path in sorted(Path(errors.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            pieces = [
                each.value
                for each in ast.walk(node.args[0])
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            ]
            if name in errors.__all__ and isinstance(node.args[0], (ast.JoinedStr, ast.Constant)):
                yield f"{path.name}:{node.lineno}", max(pieces, key=len)


def plain(text):
    return " ".join(text.replace("\\", "").replace("*", "").split())


def test_no_sentence_is_missing(page):
    shown = plain(page)
    missing = [f"{where}: {text}" for where, text in literals() if plain(text) not in shown]
    assert not missing, "\n".join(missing)


def test_every_entry_says_when_it_comes_and_what_to_do(page):
    entries = [line for line in page.splitlines() if line.startswith(": ")]
    assert len(entries) > 300
    for entry in entries:
        assert "**What to do:** " in entry
        assert entry.count("{py:class}`~napari_greyfill.errors.") == 1


def test_what_an_error_is_handed_is_followed_to_its_text(script):
    texts = [each.text for each in script.sentences()]
    assert "*path* is damaged or cut short; get the file again." in texts  # from a function
    assert any("scheduler" in text for text in texts)  # from a constant
    assert len(texts) == len(set(texts))


def test_an_error_whose_text_is_unknown_is_told(script, tmp_path, monkeypatch):
    path = tmp_path / "image" / "made.py"
    path.parent.mkdir()
    path.write_text("def f(x):\n    raise BadMaskError(x)\n", "utf-8")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    with pytest.raises(LookupError, match=r"made\.py:2"):
        script.sentences()


def test_advice_is_the_end_of_the_sentence(script):
    said = script.Sentence("No pixel is painted; paint a mask.", "EmptyMaskError", "masks/a.py", 1)
    assert said.advice == "Paint a mask."
    assert said.area == "Masks"
