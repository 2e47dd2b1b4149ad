"""The check of the built pages finds links that lead nowhere, and things from elsewhere."""

import pytest

from tests.scripts import script_of


@pytest.fixture(scope="module")
def script():
    return script_of("check_site")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('<a href="b.html#there">good</a><h2 id="here"></h2><a href="#here">good</a>', ""),
        ('<a href="https://napari.org">good</a>', ""),
        ('<a href="c.html">c</a>', "there is no c.html"),
        ('<img src="gone.png">', "there is no gone.png"),
        ('<a href="b.html#gone">b</a>', "b.html#gone has no such anchor"),
        ('<script src="https://cdn.example.org/a.js"></script>', "comes from elsewhere"),
        ('<link rel="stylesheet" href="//example.org/a.css">', "comes from elsewhere"),
    ],
)
def test_links(script, tmp_path, body, found):
    (tmp_path / "a.html").write_text(f"<html><body>{body}</body></html>", "utf-8")
    (tmp_path / "b.html").write_text('<p id="there"></p>', "utf-8")
    problems = list(script.problems(tmp_path))
    assert len(problems) == bool(found)
    assert found in "".join(problems)


def test_style_sheets(script, tmp_path):
    (tmp_path / "a.css").write_text("@import 'https://fonts.example.org/a';", "utf-8")
    assert "comes from elsewhere" in next(script.problems(tmp_path))
