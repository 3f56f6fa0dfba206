"""Minding the screens of the hall: out of order and back, load anew, and what changed of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.centres import Device, DeviceKind
from domain.devices import REASONS, KioskStopped
from domain.errors import Invalid
from domain.events import DeviceReloadAsked, DeviceResumed, DeviceStopped
from domain.tickets import milliseconds
from operations.entering import find_device
from store import devices
from store.devices import Change
from store.writer import Tx

LONGEST_STOP = timedelta(days=31)
BY_DEVICE = "device:"


def stop_device(tx: Tx, device: str, reason: str, until: datetime | None = None) -> None:
    """The kiosk gives no number until it is back in order or the end has come. Raises NotFound, Invalid."""
    _kiosk(tx, device)
    if reason not in REASONS:
        raise Invalid(what="reason")
    if until is not None and not tx.now < until <= tx.now + LONGEST_STOP:
        raise Invalid(what="until")
    tx.record(DeviceStopped(device, reason, milliseconds(until) if until else None))


def resume_device(tx: Tx, device: str) -> None:
    """The kiosk gives numbers again. Raises NotFound, Invalid."""
    _kiosk(tx, device)
    if device in devices.stopped(tx.db):
        tx.record(DeviceResumed(device))


def end_stops(tx: Tx) -> int:
    """Back in order is every kiosk whose named end has come; gives how many. Doing it twice changes nothing."""
    over = sorted(device for device, stop in devices.stopped(tx.db).items() if not stop.holds(tx.now))
    for device in over:
        tx.record(DeviceResumed(device))
    return len(over)


def ask_reload(tx: Tx, device: str) -> None:
    """The screen loads its page anew as soon as that would work. Raises NotFound, Invalid."""
    if find_device(tx.centre, device).kind is DeviceKind.AGENT:
        raise Invalid(what="device")
    tx.record(DeviceReloadAsked(device))


def note_changes(tx: Tx, changes: Sequence[Change]) -> None:
    """Remember how screens changed. No event: the journal does not grow by signs of life."""
    for change in changes:
        devices.keep_change(tx.db, change)


def check_in_order(tx: Tx) -> None:
    """Whoever asks is no kiosk that is out of order. Raises KioskStopped."""
    if not tx.who.startswith(BY_DEVICE):
        return
    if devices.stop_of(tx.db, tx.who.removeprefix(BY_DEVICE), tx.now) is not None:
        raise KioskStopped()


def _kiosk(tx: Tx, device: str) -> Device:
    found = find_device(tx.centre, device)
    if found.kind is not DeviceKind.KIOSK:
        raise Invalid(what="device")
    return found
