"""The command line without its script."""

import subprocess
import sys


def test_the_package_runs_as_a_module():
    command = [sys.executable, "-m", "napari_greyfill", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip()
