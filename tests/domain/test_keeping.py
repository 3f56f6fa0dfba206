import pytest

from domain.centre_syntax import CentreFileWrong
from domain.centres import as_data, from_data, read_centre
from domain.keeping import HELD_NAMES, LONGEST, SHORTEST, Held, Keeping
from tests.support.halls import DEMO

TEXT = (DEMO / "centre.toml").read_text(encoding="utf-8")


def keep(lines: str):
    return read_centre(TEXT + "\n[dossiers.keep]\n" + lines).dossiers.keep


def wrong(lines: str) -> str:
    with pytest.raises(CentreFileWrong) as caught:
        keep(lines)
    return " ".join(mistake.sentence(str) for mistake in caught.value.mistakes)


def test_every_kind_has_an_end_without_a_word_of_the_centre():
    usual = Keeping()
    assert all(SHORTEST <= usual.days(held) <= LONGEST for held in Held)
    assert (usual.days(Held.FILES), usual.days(Held.INBOX)) == (3650, 90)
    assert set(HELD_NAMES) == set(Held)


def test_what_is_left_open_goes_with_its_owner():
    found = keep("particulars = 60\n")
    assert {found.days(held) for held in (Held.FILES, Held.LETTERS, Held.WORDS, Held.INBOX)} == {60}
    assert keep("particulars = 400\nfiles = 100\n").days(Held.FILES) == 100


@pytest.mark.parametrize("kind", ["files", "letters", "words", "inbox"])
def test_nothing_of_an_owner_outlives_the_name(kind):
    said = wrong(f"particulars = 100\n{kind} = 101\n")
    assert f"dossiers.keep.{kind} = 101" in said
    assert "ghi nhiều nhất 100 hoặc tăng particulars" in said


def test_mistakes_are_explained():
    assert "ghi một số từ 30 đến 36500" in wrong("particulars = 29\n")
    assert "dossiers.keep.partculars" in wrong("partculars = 300\n")
    assert "dossiers.keep.words" in wrong('words = "lâu"\n')


def test_the_rules_stand_in_the_journal_as_they_are():
    centre = read_centre(TEXT + "\n[dossiers.keep]\nparticulars = 400\nfiles = 100\n")
    assert from_data(as_data(centre)).dossiers == centre.dossiers
