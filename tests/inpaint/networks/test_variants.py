"""Layouts, and the variants that each makes by itself."""

from dataclasses import dataclass

from napari_greyfill.inpaint.networks.variants import Descriptor, Variant


@dataclass(frozen=True)
class Layout:
    name: str
    title: str
    key: str


def test_layouts_that_differ_in_what_they_say_share_their_functions():
    layouts = [Layout("tiny-a", "Tiny A", "a"), Layout("tiny-b", "Tiny B", "b")]
    made = [
        Descriptor.of(
            each, lambda layout, state: layout.key in state, lambda layout, state: layout
        )
        for each in layouts
    ]
    assert [(each.name, each.title) for each in made] == [
        ("tiny-a", "Tiny A"),
        ("tiny-b", "Tiny B"),
    ]
    assert [each.detect({"b": None}) for each in made] == [False, True]
    assert [each.build({}) for each in made] == layouts


def test_a_variant_of_one_layout_has_its_name():
    layout = Descriptor("tiny-a", "Tiny A", bool, lambda state: None)
    variant = Variant.of(layout, minimum=4, multiple_of=2)
    assert variant == Variant("tiny-a", "Tiny A", (layout,), minimum=4, multiple_of=2)
    titled = Variant.of(layout, title="Tiny", minimum=4, multiple_of=2, training_scale=64)
    assert (titled.name, titled.title, titled.training_scale) == ("tiny-a", "Tiny", 64)
