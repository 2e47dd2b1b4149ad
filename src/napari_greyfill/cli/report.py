"""What the commands print: sentences and columns for people, JSON for programs."""

from __future__ import annotations

import json
import math
import textwrap
from typing import Any

from napari_greyfill.cli.fill_run import Outcome, Outcomes
from napari_greyfill.colorization import COLORIZERS
from napari_greyfill.compute.registry import MethodInfo, Registry
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.measure.metrics import METRICS
from napari_greyfill.pipeline.suggest import possible_methods

__all__ = ["as_json", "fill_json", "fill_text", "measures", "methods_json", "methods_text"]

_WIDTH = 88
_INDENT = 17


def fill_text(outcomes: Outcomes) -> str:
    """Return a summary for people."""
    return "\n".join(_summary(each) for each in outcomes.outcomes)


def _summary(outcome: Outcome) -> str:
    result = outcome.result
    how = result.method + (f", then {result.colorizer}" if result.colorizer else "")
    work = f"{result.provenance['filled_pixels']:,} pixels filled in {result.seconds:.1f} s"
    lines = [f"Wrote {outcome.output}: {work} by {how} ({result.pipeline})."]
    lines += [result.about_pieces] if result.about_pieces else []
    lines += [result.reason] if result.reason else []
    lines += [f"{s.remark[:1].upper()}{s.remark[1:]}." for s in result.steps if s.remark]
    if outcome.steps:
        lines.append(f"Wrote {len(outcome.steps)} steps to {outcome.steps[0].parent}.")
    if outcome.interval:
        low, high = (path.name for path in outcome.interval)
        lines.append(f"Wrote the interval to {low} and {high}.")
    return "\n".join(lines + measures(result.metrics))


def fill_json(outcomes: Outcomes) -> str:
    """Return the same for programs, with the whole provenance."""
    fields = [_fill_fields(each) for each in outcomes.outcomes]
    if not outcomes.several:
        return as_json(fields[0])
    return as_json({"results": fields, "failures": outcomes.failures})


def _fill_fields(outcome: Outcome) -> dict[str, Any]:
    return {
        "output": str(outcome.output),
        "steps": [str(path) for path in outcome.steps],
        "interval": [str(path) for path in outcome.interval] or None,
        "metrics": outcome.result.metrics or None,
        "notes": list(outcome.result.notes),
        "provenance": outcome.result.provenance,
    }


def methods_text() -> str:
    """Return the methods of both stages for people."""
    either = " or ".join(possible_methods(["auto"]))
    return "\n".join(
        [
            f"Inpainters, for --method (auto is {either}, as the look says)",
            *map(_described, INPAINTERS.infos()),
            "",
            f"Colorizers, for --colorizer (auto is {COLORIZERS.auto})",
            *map(_described, COLORIZERS.infos()),
        ]
    )


def methods_json() -> str:
    """Return the methods of both stages for programs."""
    stages: dict[str, Registry[Any]] = {"inpainters": INPAINTERS, "colorizers": COLORIZERS}
    return as_json(
        {
            name: {"auto": stage.auto, "methods": [info.to_dict() for info in stage.infos()]}
            for name, stage in stages.items()
        }
    )


def measures(found: dict[str, float]) -> list[str]:
    """Return a line for people on each metric that was measured."""
    return [
        f"  {metric.title:<10}{found[metric.key]:>10.{metric.digits}f}  {metric.explanation}"
        for metric in METRICS
        if metric.key in found
    ]


def _described(info: MethodInfo) -> str:
    slow = f" Slow: {info.slow}." if info.slow else ""
    why_not = "" if info.available else f" Cannot run: {info.why_not}"
    licence = f" Licence: {info.licence.rstrip('.')}."
    text = f"{info.title}. {info.summary}{slow}{licence}{why_not}"
    name = f"  {info.name:<{_INDENT - 2}}"
    lines = textwrap.fill(
        text,
        _WIDTH,
        initial_indent=" " * _INDENT,
        subsequent_indent=" " * _INDENT,
        break_on_hyphens=False,  # commands are copied
    )
    # a name too long for its column has a line of its own
    return name + lines[_INDENT:] if len(info.name) < _INDENT - 2 else f"{name}\n{lines}"


def as_json(value: dict[str, Any]) -> str:
    """Return JSON that every program can read."""
    return json.dumps(_plain(value), indent=2, allow_nan=False)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a value with NaN as null and infinities as text, which JSON has no numbers for."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value).replace("inf", "Infinity")
    return value
