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
    parser.add_argument("--begin", type=Path, help="safetensors file with the first weights")
    parser.add_argument("--larger", type=Path, help="folder with the photographs.csv's files")
    parser.add_argument("--stop", type=int, help="end after so many steps of the recipe")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that draw samples")
    for part in fields(Recipe):
        name, default = f"--{part.name}", part.default
        if isinstance(default, bool):
            parser.add_argument(name, action=argparse.BooleanOptionalAction, default=default)
        else:
            parser.add_argument(name, type=type(default), default=default)
    chosen = vars(parser.parse_args())
    folder = chosen.pop("output")
    how = {name: chosen.pop(name) for name in ("begin", "larger", "stop", "threads", "workers")}
    train(Recipe(**chosen), folder, **how)


if __name__ == "__main__":
    main()
