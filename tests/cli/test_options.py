from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from napari_greyfill import BadParameterError, FillOptions
from napari_greyfill.cli.options import FILE, names_in, read_options, with_options


@pytest.fixture
def command():
    """Return a command with options, and what it got."""
    app, got = typer.Typer(), []

    @app.command()
    @with_options(["seed", "grow", "labels", "look", "nodata"])
    def run(image: str, options: dict, quiet: Annotated[bool, typer.Option("--quiet")] = False):
        got.append((image, options, quiet))

    def call(*arguments):
        got.clear()
        result = CliRunner().invoke(app, list(arguments))
        return result, got[0] if got else None

    return call


def test_a_command_gets_what_was_typed(command):
    result, got = command("a.png", "--seed", "3", "--labels", "1,2", "--quiet")
    assert result.exit_code == 0, result.output
    image, options, quiet = got
    assert (image, quiet) == ("a.png", True)
    assert read_options(options) == {
        "seed": 3, "grow": 0.0, "labels": (1, 2), "look": "auto", "nodata": None,
    }  # fmt: skip
    assert FillOptions(**read_options(options)).changed() == {"seed": 3, "labels": (1, 2)}


def test_help_tells_tips_and_choices(command):
    text = " ".join(command("--help")[0].output.replace("│", " ").split())
    assert "auto|faithful|texture" in text
    for option in FillOptions.options(["seed", "grow", "look"]):
        assert " ".join(option.tip.split()[:4]) in text


def test_no_number_is_a_usage_error(command):
    result, got = command("a.png", "--seed", "x")
    assert result.exit_code == 2
    assert got is None


@pytest.mark.parametrize(
    ("text", "own", "expected"),
    [("", -9.0, -9.0), ("", None, None), ("none", -9.0, None), ("-1.5", -9.0, -1.5)],
)
def test_the_files_own_value_counts_unless_one_is_given(text, own, expected):
    assert read_options({"nodata": text}, own)["nodata"] == expected
    assert FILE == "file"


@pytest.mark.parametrize("texts", [{"labels": "a"}, {"labels": "1,,2"}, {"nodata": "x"}])
def test_what_cannot_be_read_is_a_sentence(texts):
    with pytest.raises(BadParameterError, match=r"give (it|them) as in"):
        read_options(texts)


def test_lists_of_names():
    assert names_in(" a, b ,,c") == ["a", "b", "c"]
    assert names_in("") == []
