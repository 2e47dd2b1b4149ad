"""Run commands as a user whom the system may refuse something, whoever runs the tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

_NOBODY = 65534
_SCRIPT = f"""
import json, os, sys
sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
from pathlib import Path
from tests.commandline import run

folder, warm, commands = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
os.chdir(folder)
for command in warm:  # whatever is imported on the way, nobody may not be able to read
    assert run(*command).exit_code == 0, (command, run(*command).output)
for path, mode in json.loads(sys.argv[4]):
    Path(path).chmod(mode)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({_NOBODY})
    os.setuid({_NOBODY})
try:
    results = [run(*command) for command in commands]
    print(json.dumps([[result.exit_code, result.stderr] for result in results]))
finally:
    sys.stdout.flush()
"""


def run_unprivileged(folder, warm, commands, modes):
    """Return exit code and standard error of commands run without root's powers.

    Parameters
    ----------
    folder : path
        Where they run; whoever they run as must be able to reach it.
    warm : list of commands
        Run before, with all powers, so that everything is imported.
    commands : list of commands
    modes : list of (path, mode)
        Permissions that are set between the two.
    """
    arguments = [str(folder), *map(json.dumps, (warm, commands, modes))]
    own = os.environ | {"NAPARI_GREYFILL_WEIGHTS": str(folder), "MPLCONFIGDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments], capture_output=True, text=True, env=own
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
