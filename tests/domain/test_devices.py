"""What a screen may say of itself, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import devices
from domain.devices import REASONS, Beat, Showing, read_beat
from domain.errors import Invalid

SAID = {
    "browser": "Chromium", "version": "142", "width": "1080", "height": "1920", "showing": "start",
    "page": "0.1.0", "age": "12",
}  # fmt: skip


def test_a_beat_is_read():
    assert read_beat(SAID) == Beat("Chromium", 142, 1080, 1920, Showing.START, "0.1.0", 12, None)
    assert read_beat({**SAID, "sounded": "7"}).sounded == 7
    assert read_beat({**SAID, "sounded": ""}).sounded is None


@pytest.mark.parametrize(("name", "value"), [
    ("browser", ""), ("browser", "x" * 21), ("browser", "<b>"), ("browser", "Chromium\n"), ("browser", 7),
    ("version", "0"), ("version", "10000"), ("version", "1.5"), ("version", "-1"), ("version", "١٢"),
    ("version", "9" * 5000), ("width", "0"), ("height", "20001"), ("showing", "naked"), ("showing", None),
    ("page", ""), ("page", "x" * 31), ("page", "a b"), ("age", ""), ("age", "-3"), ("sounded", "soon"),
])  # fmt: skip
def test_what_is_out_of_bounds_is_refused_by_its_name(name, value):
    with pytest.raises(Invalid) as refused:
        read_beat({**SAID, name: value})
    assert refused.value.arguments == {"what": name}


@pytest.mark.parametrize("name", SAID)
def test_nothing_may_be_missing(name):
    with pytest.raises(Invalid):
        read_beat({key: value for key, value in SAID.items() if key != name})


def check_harmless(said: dict[str, object]) -> None:
    """Whatever is sent is refused, or every kept word is short and plain."""
    try:
        kept = read_beat(said).lasting
    except Invalid:
        return
    for value in kept.values():
        assert isinstance(value, int) or (len(value) <= 30 and value.isascii() and value.isprintable())


ANYTHING = st.fixed_dictionaries({
    name: st.one_of(st.just(value), st.text(max_size=40), st.integers().map(str)) for name, value in SAID.items()
})  # fmt: skip


@given(ANYTHING)
def test_nothing_harmful_is_kept(said):
    check_harmless(said)


@pytest.mark.planted
def test_a_field_that_is_not_looked_at_is_found(monkeypatch):
    monkeypatch.setattr(devices, "_word", lambda said, name, form: str(said[name]))
    with pytest.raises(AssertionError):
        check_harmless({**SAID, "page": "Nguyễn Văn A, 038190123457"})


def test_who_stands_before_a_screen_is_not_kept():
    used = read_beat({**SAID, "showing": "used", "age": "99"})
    assert read_beat(SAID).lasting == used.lasting
    assert read_beat({**SAID, "showing": "out"}).lasting != used.lasting


@pytest.mark.parametrize(("browser", "version", "old"), [
    ("Chromium", "119", True), ("Chromium", "120", False), ("Firefox", "100", False),
])  # fmt: skip
def test_an_old_chromium_is_known(browser, version, old):
    assert read_beat({**SAID, "browser": browser, "version": version}).is_old is old


def test_reasons_are_keys_of_the_journal():
    assert all(key.isascii() and key.islower() and len(key) <= 20 for key in REASONS)
