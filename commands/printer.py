"""`motcua printer`: print the test page of a printer, find out what it answers, and keep what a person saw."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import click

import clock
from commands.opened import ACT, Chosen, pass_chosen
from domain.centres import Printer
from domain.days import local
from domain.errors import Refused
from domain.events import PrinterTested
from domain.papers import Abilities, Answer
from operations import printing
from printers import devices
from store.store import Store
from web.languages import translator

if TYPE_CHECKING:
    from printers.selftests import Page, Probed

BUSY_SECONDS, AGAIN_SECONDS = 30, 1.0
YES_NO = click.Choice(["yes", "no"])
ASKED = {
    Answer.STATUS: "báo tình trạng (DLE EOT)",
    Answer.COMPLETION: "xác nhận từng phiếu (GS ( H)",
    Answer.SENSOR: "báo đã xử lý xong (GS r)",
    Answer.AUTOMATIC: "tự báo khi có thay đổi (GS a)",
}
EDGES = "Có thấy đủ hai mép thước, bên trái và bên phải?"
LETTERS = "Chữ tiếng Việt, thường và hoa, đều đúng và đủ dấu?"
CODES = "Cả hai mã QR đều quét được bằng điện thoại?"


@click.group()
def printer() -> None:
    """Slip printers."""


@printer.command()
@click.argument("name")
@click.option("--edges", type=YES_NO, help="Both ends of the ruler are on the paper.")
@click.option("--letters", type=YES_NO, help="All letters are right.")
@click.option("--codes", type=YES_NO, help="Both QR codes can be scanned.")
@pass_chosen
def test(chosen: Chosen, name: str, edges: str | None, letters: str | None, codes: str | None) -> None:
    """Print the test page on printer NAME (for example P1), measure what it answers, ask what the paper looks like.

    The answers can be given as options; the result is kept and stands on the page "Máy in".
    """
    with chosen.store(must_exist=True) as store:
        found = _find(store, name)
        address = dict(chosen.settings.printer_of).get(name, found.address)
        from printers.slips import LAYOUT_VERSION  # half a second of imports, for which no other command waits

        probed = _tested(store, found, address, chosen.settings.follow_url)
        _show(probed)
        seen = [_yes(given, words) for given, words in ((edges, EDGES), (letters, LETTERS), (codes, CODES))]
        result = PrinterTested(
            name, sorted(str(answer) for answer in probed.answers), found.width, LAYOUT_VERSION,
            edges=seen[0], letters=seen[1], codes=seen[2], rows=probed.rows,
        )  # fmt: skip
        store.write_now(ACT, printing.note_test, result)
    click.echo(f"Đã ghi kết quả thử máy in {name}.")
    if not all(seen):
        raise click.ClickException(
            "Máy in chưa in đúng: xem lại bề ngang trong cấu hình, đầu in và giấy, rồi thử lại."
        )


def _find(store: Store, name: str) -> Printer:
    printers = store.centre().printers
    found = next((one for one in printers if one.id == name), None)
    if found is None:
        known = ", ".join(one.id for one in printers)
        raise click.UsageError(f"there is no printer {name}; the centre has: {known or 'none'}")
    return found


def _tested(store: Store, found: Printer, address: str, follow_url: str) -> "Probed":
    from printers.selftests import CannotTest, page
    from printers.slips import TestSlip, draw

    centre = store.centre()
    qr = follow_url or centre.follow_url or "https://motcua.example/"
    slip = TestSlip(centre.name.vi, f"{found.id} · {found.name}", local(clock.now()), qr)
    made = page(draw(slip, found.width, translator("vi")), found.width, qr)
    _hold(store, found.id)
    try:
        return asyncio.run(_probe(address, made))
    except CannotTest as error:
        raise click.ClickException(f"{found.id}: {error.trouble}") from error
    except devices.Unreachable as error:
        raise click.ClickException(f"{found.id} ({address}): {error.trouble}") from error
    except devices.Stopped as error:
        raise click.ClickException(f"{found.id}: {error.trouble}") from error
    finally:
        with suppress(Refused):
            store.write_now(ACT, printing.let_go_of_printer, found.id)


def _hold(store: Store, name: str) -> None:
    """Keep the server's worker away; a slip that is being printed now is waited for."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            store.write_now(ACT, printing.hold_printer, name)
        except printing.PrinterBusy as busy:
            if time.monotonic() > end:
                raise click.ClickException(busy.text % busy.arguments) from busy
            time.sleep(AGAIN_SECONDS)
        else:
            return


async def _probe(address: str, made: "Page") -> "Probed":
    from printers.selftests import probe

    line = await devices.connect(address)
    try:
        return await probe(line, made)
    finally:
        await line.close()


def _show(probed: "Probed") -> None:
    for answer, words in ASKED.items():
        click.echo(f"  {'có   ' if answer in probed.answers else 'không'}  {words}")
    bytes_seen = " ".join(f"n{n}={byte:02x}" for n, byte in sorted(probed.status.items()))
    if bytes_seen:
        click.echo(f"         {bytes_seen}")
    click.echo(f"  {'có   ' if Answer.NEAR_END in probed.answers else 'chưa '}  thấy cảm biến sắp hết giấy báo")
    if not Abilities(probed.answers, tested=True).can_prove:
        click.echo("Máy này không xác nhận phiếu: phiếu của nó ghi “đã gửi, máy in không trả lời”,")
        click.echo("và ki-ốt luôn hiện số thật to.")


def _yes(given: str | None, words: str) -> bool:
    return bool(click.confirm(words)) if given is None else given == "yes"
