"""Change labels to the better by minimum cuts.

References
----------
Y. Boykov, O. Veksler, R. Zabih, "Fast Approximate Energy Minimization via Graph Cuts", IEEE PAMI
23(11), 2001, doi 10.1109/34.969114 (alpha expansion); V. Kolmogorov, R. Zabih, "What Energy
Functions Can Be Minimized via Graph Cuts?", IEEE PAMI 26(2), 2004, doi 10.1109/TPAMI.2004.1262177.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

__all__ = ["better_where"]

Indices = NDArray[np.int64]
Numbers = NDArray[np.floating]

SCALE = 1e5  # capacities are whole numbers
MOST = 2e8


def better_where(
    change: Numbers, pairs: tuple[Indices, Indices], costs: tuple[Numbers, Numbers, Numbers]
) -> NDArray[np.bool_]:
    """Return which nodes are better off with a new label, all of them together.

    Parameters
    ----------
    change : (n,) array
        What a new label costs more than the present one, for each node alone.
    pairs : two (m,) int arrays
        Nodes that are neighbours.
    costs : three (m,) arrays
        What a pair costs if it keeps its labels, if the second node alone changes, and if the
        first alone does; if both change it costs nothing.

    Returns
    -------
    (n,) bool array
    """
    count = change.size
    keep, second, first = costs
    up, down = pairs
    alone = change.astype(np.float64)
    alone += np.bincount(up, first - keep, count)
    alone -= np.bincount(down, first, count)
    arcs = np.maximum(second + first - keep, 0.0)
    source, sink = count, count + 1
    nodes = np.arange(count)
    dear = alone > 0
    start = np.concatenate([up, np.full(dear.sum(), source), nodes[~dear]])
    end = np.concatenate([down, nodes[dear], np.full((~dear).sum(), sink)])
    capacity = np.concatenate([arcs, alone[dear], -alone[~dear]])
    whole = np.minimum(np.rint(capacity * SCALE), MOST).astype(np.int32)
    some = whole > 0
    size = (count + 2, count + 2)
    graph = csr_array(coo_array((whole[some], (start[some], end[some])), shape=size))
    flow = maximum_flow(graph, source, sink).flow
    left = csr_array(graph - flow)
    left.data = np.maximum(left.data, 0)
    left.eliminate_zeros()
    kept = breadth_first_order(left, source, return_predecessors=False)
    taken = np.ones(count + 2, dtype=bool)
    taken[kept] = False
    return taken[:count]
