import pickle
from dataclasses import replace

import numpy as np
import pytest

from napari_greyfill import Note, Preview, Progress, Result


class Source:
    made = 0

    @property
    def image(self):
        self.made += 1
        return np.ones((2, 3))


def test_a_preview_costs_nothing_until_it_is_asked_for():
    source = Source()
    preview = Preview("filled grey", 0.5, source, complete=True)
    assert source.made == 0
    assert preview.image.shape == (2, 3)
    assert source.made == 1


@pytest.mark.parametrize(
    "event", [Progress("filling", 0.2), Note("Look here."), Result("filled", 1.0, [1])]
)
def test_all_have_a_text_and_a_fraction_and_go_between_processes(event):
    assert event.text
    assert 0 <= event.fraction <= 1
    again = pickle.loads(pickle.dumps(event))
    assert (type(again), again.text, again.fraction) == (type(event), event.text, event.fraction)
    assert replace(event, fraction=0.7).fraction == 0.7
