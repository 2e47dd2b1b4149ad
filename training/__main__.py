"""Run as ``python -m training --output FOLDER``."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from training.train import Recipe, train


def main() -> None:
    """Read the recipe from the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--stop", type=int, help="end after so many steps of the recipe")
    parser.add_argument("--threads", type=int, default=1)
    for part in fields(Recipe):
        parser.add_argument(f"--{part.name}", type=type(part.default), default=part.default)
    chosen = vars(parser.parse_args())
    folder, stop, threads = (chosen.pop(name) for name in ("output", "stop", "threads"))
    train(Recipe(**chosen), folder, stop=stop, threads=threads)


if __name__ == "__main__":
    main()
