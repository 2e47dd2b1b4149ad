"""Run benchmarks by name and write their sections of docs/benchmarks.md."""

import argparse

from benchmarks import colour, compare, responsiveness, scaling
from benchmarks.frame import write_section

BENCHMARKS = {
    "colour": colour.measure,
    "scaling": scaling.measure,
    "responsiveness": responsiveness.measure,
    "compare": compare.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="default: all")
    parser.add_argument("--repeats", type=int, default=5, help="timed runs of each contender")
    arguments = parser.parse_args()
    for name in arguments.names or BENCHMARKS:
        section = BENCHMARKS[name](arguments.repeats)
        write_section(name, section)
        print(section)


if __name__ == "__main__":
    main()
