"""A process that ends while a fill is at work, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("how", ["viewer", "dock", "nothing"])
def test_the_end_of_a_process_waits_for_fills(how):
    root = Path(__file__).parents[3]
    path = os.pathsep.join([str(root / "src"), str(root), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.viewer.ending", how],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] == "ends"
    assert "Error" not in done.stderr, done.stderr[-3000:]
