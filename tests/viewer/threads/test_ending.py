"""A process that ends while a fill is at work, in a process of its own."""

import pytest

from tests.viewer.processes import run_program


@pytest.mark.parametrize("how", ["viewer", "dock", "nothing"])
def test_the_end_of_a_process_waits_for_fills(how):
    done = run_program("tests.viewer.ending", how)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "ends"
    assert "Error" not in done.stderr, done.stderr
