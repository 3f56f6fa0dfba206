"""Where a printer is reached: each form, and what is wrong with those that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.centres import CentreFileWrong, read_centre
from domain.printer_addresses import (
    Agent,
    Cups,
    File,
    Flow,
    Network,
    Serial,
    Usb,
    Windows,
    printer_address,
    read_address,
)
from domain.records import Wrong
from tests.support.halls import DEMO

RIGHT = {
    "tcp://192.0.2.10:9100": Network("192.0.2.10", 9100),
    "tcp://[fd00::5]:65535": Network("fd00::5", 65535),
    "usb://04b8:0E28": Usb(0x04B8, 0x0E28),
    "usb://04b8:0e28/X3F-1": Usb(0x04B8, 0x0E28, "X3F-1"),
    "serial:///dev/ttyUSB0": Serial("/dev/ttyUSB0"),
    "serial:///dev/ttyUSB0?baud=19200": Serial("/dev/ttyUSB0", 19200),
    "serial://COM3?flow=rtscts&baud=115200": Serial("COM3", 115200, Flow.WIRES),
    "cups://phieu-so": Cups("phieu-so"),
    "windows://EPSON TM-T20III (Quầy 1)": Windows("EPSON TM-T20III (Quầy 1)"),
    "file:///dev/usb/lp0": File("/dev/usb/lp0"),
    "file:///srv/phiếu số.prn": File("/srv/phiếu số.prn"),
    "agent://IN1": Agent("IN1"),
}
WRONG = [
    "", "IN1", "lpr://x", "TCP://a:9100", "tcp://a", "tcp://a:0", "tcp://a:65536", "tcp://a:9100/",
    "tcp://a b:9100",    "usb://4b8:0e28", "usb://04b8:0e28/", "usb://04b8:0e28/a b", "serial://ttyUSB0", "serial:///dev/tty?baud=7",
    "serial:///dev/tty?speed=9600", "serial:///dev/../etc/x", "serial:///dev/tty?", "cups://", "cups://-o",
    "cups://a/b",    "windows://", "windows://a\nb", "windows://a,b", "file:///etc/passwd", "file:///var/lib/motcua/motcua.sqlite",
    "file:///dev/../etc/shadow", "file:///var/../x.prn", "file://x.prn", "agent://", "agent://-a", "agent://Quầy",
]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), RIGHT.items())
def test_an_address_names_a_place(text, place):
    assert read_address(text) == place
    assert printer_address(text) == text


@pytest.mark.parametrize("text", WRONG)
def test_what_names_no_place_is_refused_with_the_form_that_would(text):
    with pytest.raises(Wrong) as wrong:
        read_address(text)
    assert "://" in wrong.value.remedy or "%(speeds)s" in wrong.value.remedy or "CUPS" in wrong.value.remedy


@given(st.text(max_size=300) | st.sampled_from(list(RIGHT)).flatmap(lambda a: st.text().map(lambda t: a + t)))
def test_no_text_makes_a_file_of_ours_a_printer(text):
    try:
        place = read_address(text)
    except Wrong:
        return
    if isinstance(place, File):
        assert place.path.startswith("/dev/") or place.path.endswith(".prn")
        assert "/../" not in place.path


def mistakes(text: str) -> list[tuple[str, str]]:
    try:
        read_centre(text)
    except CentreFileWrong as wrong:
        return [(mistake.path, mistake.remedy % mistake.arguments) for mistake in wrong.mistakes]
    return []


def demo_with(address: str, device: str = "") -> str:
    """The demo centre's file, its first printer at this address."""
    text = (DEMO / "centre.toml").read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if line.startswith('address = "tcp://'))
    return text.replace(first, f'address = "{address}"', 1) + device


def test_a_mistake_in_the_centres_file_is_named_with_its_place_and_the_right_form():
    [(path, remedy)] = mistakes(demo_with("usb://epson"))
    assert path == "printers[0].address"
    assert "usb://04b8:0202" in remedy


def test_a_printer_behind_an_agent_needs_that_agent():
    agent = '\n[[devices]]\nid = "IN1"\nkind = "agent"\nname = "Chương trình in"\nzone = "khu-1"\n'
    [(path, remedy)] = mistakes(demo_with("agent://IN1"))
    assert path == "printers[0].address"
    assert "IN1" in remedy
    assert mistakes(demo_with("agent://IN1", agent)) == []
    assert [path for path, _ in mistakes(demo_with("agent://K1", agent))] == ["printers[0].address"]


@pytest.mark.planted
def test_a_way_into_our_own_files_is_found(monkeypatch):
    monkeypatch.setitem(globals(), "read_address", lambda text: File("/var/lib/motcua/motcua.sqlite"))
    with pytest.raises(AssertionError):
        test_no_text_makes_a_file_of_ours_a_printer()
