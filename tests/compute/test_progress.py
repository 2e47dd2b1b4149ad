import pytest

from napari_greyfill.compute.progress import exhaust, scaled, translated


def work(closed=None):
    try:
        yield 0.0
        yield 0.25
        yield 1.0
    finally:
        if closed is not None:
            closed.append(True)
    return "the result"


def test_exhaust_returns_what_the_generator_returns():
    assert exhaust(work()) == "the result"


def test_exhaust_shows_every_step():
    seen = []
    exhaust(work(), seen.append)
    assert seen == [0.0, 0.25, 1.0]


def test_a_step_can_be_told_as_several_or_none():
    told = {0.0: (), 0.25: ("a quarter",), 1.0: ("all", "done")}
    generator = translated(work(), told.__getitem__)
    assert list(generator) == ["a quarter", "all", "done"]
    assert exhaust(translated(work(), told.__getitem__)) == "the result"


def test_scaled_maps_fractions_and_passes_the_result_on():
    generator = scaled(work(), 0.5, 0.9)
    seen = [next(generator) for _ in range(3)]
    assert seen == pytest.approx([0.5, 0.6, 0.9])
    with pytest.raises(StopIteration) as stop:
        next(generator)
    assert stop.value.value == "the result"


def test_closing_the_outer_generator_ends_the_inner_one():
    closed = []
    generator = scaled(work(closed), 0.0, 1.0)
    next(generator)
    generator.close()
    assert closed == [True]


def test_errors_come_through():
    def failing():
        yield 0.0
        raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        exhaust(scaled(failing(), 0.0, 1.0))
