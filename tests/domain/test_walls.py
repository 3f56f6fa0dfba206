"""Letters on walls: as the signage rule asks, as far as the layout has room, and a word where it has not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import walls
from domain.centre_toml import write_centre
from domain.centres import CentreFileWrong, DeviceKind, read_centre, warnings
from domain.walls import MOST, Layout, Screen, farthest_metres, is_readable, needed, sizes
from tests.support.halls import demo_centre

SCREENS = st.builds(Screen, st.sampled_from(Layout), st.floats(7, 120).map(lambda n: round(n, 1)), st.floats(1, 60))


def capital_millimetres(pixels: int, screen: Screen) -> float:
    """How high a capital of this letter is on the glass."""
    width = screen.inches * 25.4 * 16 / (16**2 + 9**2) ** 0.5
    return pixels * walls.CAPITAL * width / 1920


def check_readable(screen: Screen) -> None:
    """W1: what is said to be readable has capitals of a two-hundredth of the distance."""
    found = sizes(screen)
    if is_readable(screen):
        least = screen.depth_metres * 1000 / 200
        assert capital_millimetres(found.number, screen) >= least - 0.01
        assert capital_millimetres(found.counter, screen) >= least - 0.01
        assert capital_millimetres(found.listed, screen) >= least * 200 / 500 - 0.01


def test_the_example_of_the_rule():
    """55 inches, 15 m: capitals of 75 mm, about 118 pixels, about 166 pixels of type."""
    assert needed(Screen()).number in range(160, 172)
    assert is_readable(Screen())


@given(SCREENS)
def test_what_is_called_readable_is(screen):
    check_readable(screen)
    assert sizes(screen).fits(MOST[screen.layout])


@given(SCREENS)
def test_the_farthest_place_named_is_one_from_which_it_is_read(screen):
    metres = farthest_metres(screen)
    if 1 <= metres <= 60:
        assert is_readable(replace(screen, depth_metres=metres))
    assert is_readable(screen) == (metres >= screen.depth_metres - 0.5 and is_readable(screen))


@pytest.mark.planted
def test_planted_rule_of_half_the_height_is_found(monkeypatch):
    monkeypatch.setattr(walls, "FIRST_LOOK", 400)
    monkeypatch.setattr(walls, "SECOND_LOOK", 1000)
    with pytest.raises(AssertionError):
        check_readable(Screen(inches=32, depth_metres=20))


def hung(**screen):
    """The demo centre whose first wall is set up so."""
    centre = demo_centre()
    first = next(i for i, device in enumerate(centre.devices) if device.kind is DeviceKind.WALL)
    devices = list(centre.devices)
    devices[first] = replace(devices[first], **screen)
    return replace(centre, devices=tuple(devices)), first


def test_a_screen_too_small_for_its_hall_is_warned_about():
    centre, first = hung(screen=Screen(Layout.HALL, 32, 25))
    found = [one for one in warnings(centre) if one.path == f"devices[{first}].screen.depth_metres"]
    assert [one.arguments["metres"] for one in found] == [f"{farthest_metres(Screen(Layout.HALL, 32, 25)):g}"]
    assert not [one for one in warnings(demo_centre()) if "screen" in one.path]


def test_a_wall_is_written_and_read_back():
    centre, _ = hung(screen=Screen(Layout.DOOR, 43, 8.5, 60), counter=4)
    assert read_centre(write_centre(centre)) == centre


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"screen": Screen(Layout.DOOR)}, "counter"),
        ({"screen": Screen(), "kind": DeviceKind.KIOSK}, "screen"),
        ({"screen": Screen(inches=500)}, "screen.inches"),
        ({"screen": Screen(depth_metres=0.2)}, "screen.depth_metres"),
    ],
)
def test_a_wall_that_cannot_hang_so_is_refused(changed, path):
    centre, first = hung(**changed)
    with pytest.raises(CentreFileWrong) as wrong:
        read_centre(write_centre(centre))
    assert [mistake.path for mistake in wrong.value.mistakes] == [f"devices[{first}].{path}"]
