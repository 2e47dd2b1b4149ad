"""Run benchmarks by name and write their sections of docs/benchmarks.md."""

import argparse
from pathlib import Path

from benchmarks import (
    cancelling,
    clicks,
    colour,
    compare,
    corrections,
    costs,
    grey,
    healing,
    in_napari,
    intervals,
    look,
    masks,
    networks,
    noise,
    responsiveness,
    scaling,
    sensitivity,
    sheets,
    specks,
    stacks,
    stacks_in_napari,
    stacks_scale,
    stacks_volume,
    touching_up,
)
from benchmarks.frame import write_section

BENCHMARKS = {
    "colour": colour.measure,
    "grey": grey.measure,
    "sensitivity": sensitivity.measure,
    "intervals": intervals.measure,
    "noise": noise.measure,
    "costs": costs.measure,
    "networks": networks.measure,
    "scaling": scaling.measure,
    "specks": specks.measure,
    "stacks": stacks.measure,
    "stacks_volume": stacks_volume.measure,
    "stacks_scale": stacks_scale.measure,
    "stacks_in_napari": stacks_in_napari.measure,
    "look": look.measure,
    "sheets": sheets.measure,
    "responsiveness": responsiveness.measure,
    "in_napari": in_napari.measure,
    "healing": healing.measure,
    "touching_up": touching_up.measure,
    "clicks": clicks.measure,
    "cancelling": cancelling.measure,
    "masks": masks.measure,
    "compare": compare.measure,
    "corrections": corrections.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="default: all")
    parser.add_argument("--repeats", type=int, default=5, help="timed runs of each contender")
    parser.add_argument(
        "--pictures", type=int, help="grey, intervals: at most so many, default: all"
    )
    parser.add_argument(
        "--folder", type=Path, help="grey, intervals, look: more pictures; GREYFILL_PICTURES"
    )
    parser.add_argument("--stacks", type=Path, help="stacks: more of them; GREYFILL_STACKS")
    arguments = parser.parse_args()
    chosen = dict.fromkeys(
        ("grey", "sensitivity", "intervals", "noise", "corrections"),
        (arguments.pictures, arguments.folder),
    )
    chosen["look"] = (arguments.folder,)
    chosen["stacks"] = chosen["stacks_volume"] = (arguments.stacks,)
    for name in arguments.names or BENCHMARKS:
        section = BENCHMARKS[name](arguments.repeats, *chosen.get(name, ()))
        write_section(name, section)
        print(section)


if __name__ == "__main__":
    main()
