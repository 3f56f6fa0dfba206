import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.centres import CentreFileWrong, read_centre
from domain.errors import Invalid
from domain.shortcuts import (
    DEFAULTS,
    EVERYWHERE,
    FUNCTION_KEYS,
    NONE,
    USABLE,
    KeyOfScanner,
    KeyRefused,
    KeyTaken,
    KeyWhileTyping,
    checked,
    in_use,
)
from tests.support.halls import DEMO


def test_the_usual_keys_can_be_chosen():
    assert checked(DEFAULTS, "F9") == DEFAULTS
    assert in_use({}, off=False, scanner="F9") == DEFAULTS


@pytest.mark.parametrize(
    "code",
    ["F5", "F11", "F12", "Tab", "Escape", "Space", "Enter", "NumpadEnter", "Digit1", "Numpad1", "ShiftLeft", "r",
     "KeyRR", "F13", "Backspace", "<b>", "K" * 20],
)  # fmt: skip
def test_keys_of_the_browser_and_of_fields_are_refused(code):
    with pytest.raises(KeyRefused):
        checked({"again": code}, "F9")


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        ({"again": "KeyQ", "absent": "KeyQ"}, KeyTaken, {"key": "Q", "one": "again", "other": "absent"}),
        ({"again": "F9"}, KeyOfScanner, {"key": "F9", "one": "again"}),
        ({"help": "KeyQ"}, KeyWhileTyping, {"one": "help"}),
        ({"intake": "KeyQ"}, KeyWhileTyping, {"one": "intake"}),
        ({"coffee": "KeyQ"}, Invalid, {"what": "key"}),
    ],
)
def test_a_choice_that_cannot_be_is_refused_with_what_stands_against_it(wanted, error, said):
    with pytest.raises(error) as refusal:
        checked(wanted, "F9")
    assert refusal.value.arguments == said


def test_with_another_scanner_the_key_is_free_and_a_taken_one_falls_away():
    assert checked({"again": "F9"}, "STX") == {"again": "F9"}
    assert in_use({"again": "F4"}, off=False, scanner="F4")["again"] == NONE
    assert in_use({}, off=False, scanner="F4")["scan"] == "F4"


def test_switched_off_no_act_has_a_key():
    assert {*in_use({"again": "KeyQ"}, off=True, scanner="F9").values()} == {NONE}


@given(
    st.dictionaries(st.sampled_from(sorted(DEFAULTS)), st.sampled_from([*USABLE, NONE])),
    st.sampled_from(["F9", "F1", "STX"]),
)
def test_no_two_acts_ever_have_one_key(wanted, scanner):
    """Also when the choice was made while the scanners began with another key, or before an act was there."""
    try:
        chosen = checked(wanted, "STX")
    except (KeyTaken, KeyWhileTyping):
        return
    used = [code for code in in_use(chosen, off=False, scanner=scanner).values() if code]
    assert len(used) == len({*used})
    assert scanner not in [
        code for act, code in in_use(chosen, off=False, scanner=scanner).items() if act != "scan"
    ]
    assert all(in_use(chosen, off=False, scanner=scanner)[act] in (*FUNCTION_KEYS, NONE) for act in EVERYWHERE)


@pytest.mark.parametrize(("prefix", "mistakes"), [("STX", 0), ("F10", 0), ("F2", 1), ("F5", 1), ("A", 1)])
def test_scanners_begin_with_a_key_that_nothing_else_needs(prefix, mistakes):
    text = (DEMO / "centre.toml").read_text(encoding="utf-8") + f'\n[scanner]\nprefix = "{prefix}"\n'
    try:
        assert read_centre(text).scanner.prefix == prefix
    except CentreFileWrong as wrong:
        assert [mistake.path for mistake in wrong.mistakes] == ["scanner.prefix"] * mistakes
    else:
        assert mistakes == 0


@pytest.mark.planted
def test_two_acts_on_one_key_are_found(monkeypatch):
    monkeypatch.setitem(globals(), "in_use", lambda chosen, *, off, scanner: dict.fromkeys(DEFAULTS, "KeyN"))
    with pytest.raises(AssertionError):
        test_no_two_acts_ever_have_one_key()
