"""Do the networks compute what their reference implementations compute?

`python -m tests.parity` compares every stored array of the references with ours and writes
docs/parity.md; the tests run the same comparisons. ``subjects`` runs our networks from checkpoint
files, ``comparison`` holds the tolerances, ``page`` writes.
"""
