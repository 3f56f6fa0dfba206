import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attachments import LONGEST_NAME, Media, cleaned_name


@pytest.mark.parametrize(
    ("sent", "media", "kept"),
    [
        ("to-khai.pdf", Media.PDF, "to-khai.pdf"),
        ("Tờ khai (bản 2).PDF", Media.PDF, "Tờ khai (bản 2).pdf"),
        ("ảnh.jpeg", Media.JPEG, "ảnh.jpg"),
        ("C:\\Users\\Lan\\giay.tiff", Media.TIFF, "giay.tif"),
        ("../../etc/passwd", Media.PDF, "passwd.pdf"),
        ("virus.exe", Media.PDF, "virus.exe.pdf"),
        ("fdp.\u202eexe", Media.PDF, "fdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.png", Media.PNG, "aSet-Cookie x.png"),
        ('"; rm -rf ".png', Media.PNG, "; rm -rf.png"),
        ("", Media.PNG, "tep.png"),
        (".pdf", Media.PDF, "tep.pdf"),
        ("....", Media.PDF, "tep.pdf"),
    ],
)
def test_names_are_cleaned(sent, media, kept):
    assert cleaned_name(sent, media) == kept


def clean_names(sent, media):
    name = cleaned_name(sent, media)
    assert 5 <= len(name) <= LONGEST_NAME and name.endswith(media.ending)
    assert name.isprintable() and not set('\\/:*?"<>|') & set(name)
    assert cleaned_name(name, media) == name


def keep_clean(sent: str, media: Media) -> None:
    name = cleaned_name(sent, media)
    assert 5 <= len(name) <= LONGEST_NAME and name.endswith(media.ending)
    assert name.isprintable() and not set('\\/:*?"<>|') & set(name)
    assert cleaned_name(name, media) == name


@given(st.text(max_size=400), st.sampled_from(Media))
def test_every_name_can_be_saved_and_cleaning_twice_changes_nothing(sent, media):
    keep_clean(sent, media)


@pytest.mark.planted
def test_a_cleaner_that_lets_a_path_pass_is_caught(monkeypatch):
    monkeypatch.setattr("domain.attachments._FORBIDDEN", re.compile("(?!)"))
    with pytest.raises(AssertionError):
        keep_clean("a: b.pdf", Media.PDF)
