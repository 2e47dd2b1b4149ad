"""Compare every stored array of the reference implementations with ours.

Writes docs/parity.md, and exits with 1 if an array is out of tolerance.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests import golden
from tests.parity.frame import Reference, compare_all
from tests.parity.page import outside, page
from tests.parity.subjects import SUBJECTS

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__)
    parser.add_argument(
        "--golden",
        type=Path,
        default=Path(os.environ.get("GREYFILL_GOLDEN") or golden.FOLDER),
        help="folder of the stored arrays; by default what the environment variable "
        "GREYFILL_GOLDEN says, or else the part that the tests hold",
    )
    parser.add_argument("--output", type=Path, default=PAGE, help="the page; default: %(default)s")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = compare_all(SUBJECTS, Reference(options.golden, Path(folder)))
    full = options.golden.resolve() != golden.FOLDER.resolve()
    options.output.write_text(page(found, full), encoding="utf-8")
    failed = outside(found)
    print(f"{len(found)} comparisons, {len(failed)} out of tolerance", *failed, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
