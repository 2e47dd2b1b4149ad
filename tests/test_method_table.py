"""The table of the page "Which method when" is that of docs/benchmarks.md."""

import pytest

from napari_greyfill import methods
from tests.scripts import script_of


@pytest.fixture(scope="module")
def script():
    return script_of("method_table")


def test_numbers_are_those_of_the_benchmark(script):
    text = script.BENCHMARKS.read_text("utf-8")
    scratches = text.partition("### Masks: scratches\n")[2].partition("###")[0]
    (row,) = (line for line in scratches.splitlines() if line.startswith("| blend |"))
    assert f"| {script.measured('gain')['blend'][0]} |" in row
    assert f"| {script.measured('CPU s')['blend'][0]} |" in row


def test_a_column_that_is_gone_is_told(script):
    with pytest.raises(LookupError, match="no column 'beauty'"):
        script.measured("beauty")


def test_its_methods_exist(script):
    assert set(script.METHODS) <= {info.name for info in methods()}


def test_every_method_has_a_value_for_every_hole(script):
    for values in script.measured("gradient distance").values():
        assert len(values) == len(script.HOLES)
        assert all(0 <= float(value) <= 1 for value in values)
