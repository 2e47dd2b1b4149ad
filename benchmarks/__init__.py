"""Measurements: how fast and how good, side by side in one process.

Run ``python -m benchmarks`` for all of them or ``python -m benchmarks NAME ...`` for some;
each writes its section of docs/benchmarks.md.
"""
