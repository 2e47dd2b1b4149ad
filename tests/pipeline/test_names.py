import pytest

from napari_greyfill.errors import BadParameterError
from napari_greyfill.pipeline.names import (
    GREY,
    PIPELINE_NAMES,
    PIPELINES,
    pipeline_title,
    resolve_pipeline,
)


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("G2G2RGB", "grey-rgb"),
        ("RGB2G2RGB", "rgb-grey-rgb"),
        ("RGB2RGB", "rgb-rgb"),
        ("Grey-RGB", "grey-rgb"),
        *((name, name) for name in PIPELINES),
    ],
)
def test_names_and_aliases(alias, name):
    assert resolve_pipeline(alias) == name


def test_an_unknown_one_is_refused_with_the_names():
    with pytest.raises(
        BadParameterError, match=r"'grey'; choose one of: grey-rgb, rgb-grey-rgb, rgb-rgb\.$"
    ):
        resolve_pipeline("grey")


@pytest.mark.parametrize("field", ["name", "alias", "title", "explanation"])
def test_no_name_is_used_twice(field):
    assert len({getattr(one, field) for one in PIPELINE_NAMES}) == len(PIPELINES)


def test_titles():
    assert [pipeline_title(name) for name in PIPELINES] == ["Grey-RGB", "RGB-Grey-RGB", "RGB-RGB"]
    assert pipeline_title(GREY) == "Grey"
