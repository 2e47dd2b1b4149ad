import pytest

from napari_greyfill.atomic import part_of, reason_of, replacing, resolved, write_text
from napari_greyfill.errors import UnwritablePathError


def test_a_file_is_there_only_when_it_is_whole(tmp_path):
    path = tmp_path / "rows.csv"
    with replacing(path) as file:
        file.write(b"half")
        assert not path.exists()
    assert path.read_bytes() == b"half"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_if_writing_fails(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), replacing(path) as file:
        file.write(b"new")
        raise ZeroDivisionError
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_one(tmp_path):
    (tmp_path / "target").write_text("old")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "target")
    write_text(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "target").read_text() == "new"


def test_the_part_lies_beside_its_place_and_has_a_name_of_its_own(tmp_path):
    first, second = (part_of(tmp_path / "image.png") for _ in range(2))
    assert first.parent == tmp_path
    assert first != second


def test_links_in_a_circle_are_an_error_of_the_system(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.symlink_to(other)
    other.symlink_to(one)
    with pytest.raises(UnwritablePathError, match="choose another folder"):
        write_text(one, "text")
    with pytest.raises(OSError, match="Too many levels"):
        resolved(one).stat()


def test_where_there_is_no_folder_it_is_said(tmp_path):
    with pytest.raises(UnwritablePathError, match=r"gone.*No such file.*choose another folder"):
        write_text(tmp_path / "gone" / "rows.csv", "text")


def test_characters_that_no_file_holds_become_question_marks(tmp_path):
    write_text(tmp_path / "names", "mask \udcff")
    assert (tmp_path / "names").read_text() == "mask ?"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("8 requested and 4 written"), "there is no room for the whole file"),
        (ValueError("a\n  b"), "a b"),
        (ValueError(), "ValueError"),
    ],
)
def test_reasons_are_a_few_words(error, reason):
    assert reason_of(error) == reason
