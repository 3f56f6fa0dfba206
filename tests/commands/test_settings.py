"""The keys of a tactile keypad as a setting; an unknown act or key is refused with what would be right."""

import pytest

from kiosk.modes import KEYPAD
from settings import KEYPAD_ACTS, SettingWrong, read_settings


def test_the_keys_of_a_keypad_are_read():
    assert read_settings({"MOTCUA_KEYPAD": "speech=F13, back=Backspace"}).keypad == (
        ("speech", "F13"),
        ("back", "Backspace"),
    )
    assert read_settings({}).keypad == ()


@pytest.mark.parametrize("text", ["sing=F13", "speech", "speech=", "speech=F 13", 'speech="F13"', "=F1"])
def test_an_unknown_act_or_key_is_refused_with_what_would_be_right(text):
    with pytest.raises(SettingWrong, match=r"MOTCUA_KEYPAD.*speech=F13"):
        read_settings({"MOTCUA_KEYPAD": text})


@pytest.mark.parametrize("name", ["DEVICE_TICKETS", "DEVICE_REQUESTS", "STRANGER_REQUESTS"])
def test_a_share_is_a_number_above_nothing(name):
    assert getattr(read_settings({f"MOTCUA_{name}": "7"}), name.lower()) == 7
    for text in ("0", "-1", "", "1.5", "many", "٣", "99999999", "9" * 5000):
        with pytest.raises(SettingWrong, match=f"MOTCUA_{name}"):
            read_settings({f"MOTCUA_{name}": text})


def test_the_setting_and_the_kiosk_know_the_same_acts():
    assert set(KEYPAD_ACTS) == set(KEYPAD)
