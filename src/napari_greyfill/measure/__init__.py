"""How good a fill is where the truth is known."""

from napari_greyfill.measure.metrics import METRICS, Measure, Metric, metrics

__all__ = ["METRICS", "Measure", "Metric", "metrics"]
