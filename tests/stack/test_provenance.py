"""What a run on a stack says of itself."""

import json

import numpy as np

from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.options import StackOptions
from napari_greyfill.stack.provenance import fingerprint_of, provenance_of
from napari_greyfill.stack.run import prepare_stack
from tests.stacks import blob, moving


def job_of(seed=0, **options):
    stack = moving()
    mask = np.zeros(stack.shape, bool)
    mask[2] = blob()
    own = StackOptions(**options)
    fill = FillOptions(method="biharmonic", seed=seed)
    return prepare_stack(stack, mask, axes_of(stack), own, fill)


def test_the_fingerprint_changes_with_what_changes_pixels():
    jobs = [job_of(), job_of(), job_of(seed=1), job_of(quick=True)]
    found = [fingerprint_of(job.work, job.tasks, job.options) for job in jobs]
    assert found[0] == found[1] == jobs[0].fingerprint and len(set(found)) == 3


def test_provenance_is_json_and_says_what_was_chosen():
    job = job_of()
    found = provenance_of(job.result(), job.work, job.options)
    assert json.loads(json.dumps(found)) == found
    assert found["tasks"] == [0, 1] and found["method"] == "biharmonic" and found["axes"] == "ZYX"
