"""`motcua centre`: check a centre file, put one in force now or later, export it, go back to an older one."""

from datetime import datetime
from pathlib import Path

import click

from commands.given_files import explained, read_text
from commands.opened import ACT, Chosen, pass_chosen
from domain.centre_difference import differences
from domain.centre_toml import write_centre
from domain.centres import Centre, CentreFileWrong, read_centre, warnings
from domain.days import local
from domain.logos import LARGEST_PICTURE, NoPicture
from domain.records import Mistake
from operations import configuring
from operations.calendars import calendar_of as calendar_of
from store import plans
from store.store import Store

LARGEST = 1024 * 1024
File = click.Path(path_type=Path, dir_okay=False)


@click.group()
def centre() -> None:
    """The centre's configuration file (TOML)."""


@centre.command()
@click.argument("file", type=File)
def check(file: Path) -> None:
    """Explain every mistake in FILE: its path, the value, the reason, and what would be right."""
    found = read_file(file)
    for warning in warnings(found):
        click.echo(f"chú ý: {sentence(warning)}")
    click.echo(
        f"{file.name}: đúng. {len(found.queues)} hàng, {len(found.counters)} quầy, {len(found.people)} người."
    )


@centre.command()
@click.argument("file", type=File)
@click.option("--dry-run", is_flag=True, help="Print what would be different; change nothing.")
@click.option(
    "--from", "effective", type=click.DateTime(["%Y-%m-%d"]),
    help="Put it in force with the first business day on or after this date, for example 2026-12-01.",
)  # fmt: skip
@click.option("--why", default="", help="The reason, for the history.")
@pass_chosen
def load(chosen: Chosen, file: Path, dry_run: bool, effective: datetime | None, why: str) -> None:
    """Put FILE in force, with its people and its calendar. A wrong file changes nothing."""
    found = read_file(file)
    if dry_run:
        with chosen.store(must_exist=True) as store:
            _show_difference(store.read(plans.in_force), found)
        return
    calendar = calendar_of(found)
    with chosen.store() as store:
        seen = store.read(plans.number_in_force)
        if effective is not None:
            date = effective.date()
            number = store.write_now(ACT, configuring.plan_centre, found, calendar, date, seen, why)
            click.echo(f"{found.name.vi} chờ áp dụng từ {date:%d/%m/%Y} (sự kiện {number}).")
            return
        number = store.write_now(ACT, configuring.apply_centre, found, calendar, seen, why)
    click.echo(f"Đã nạp {found.name.vi} (sự kiện {number}).")


@centre.command()
@click.argument("picture", type=File)
@click.option("--width", default=352, show_default=True, type=click.IntRange(16, 544), help="Most dots across.")
@click.option("--height", default=160, show_default=True, type=click.IntRange(16, 160), help="Most dots down.")
def logo(picture: Path, width: int, height: int) -> None:
    """Print the line that puts the emblem of PICTURE (PNG, JPEG, GIF, WebP) on the slips: paste it into the file.

    It is cut to its ink and made black and white. 352 dots fit paper of 58 mm; wider ones are made smaller there.
    """
    from printers.logos import line  # half a second of imports, for which no other command waits

    try:
        with picture.open("rb") as file:
            found = line(file.read(LARGEST_PICTURE + 1), width, height)
    except OSError as error:
        raise click.UsageError(f"{picture}: {error.strerror}") from error
    except NoPicture as error:
        raise click.ClickException(f"{picture.name}: {error.text}") from error
    click.echo(f'logo = "{found}"')


@centre.command()
@pass_chosen
def show(chosen: Chosen) -> None:
    """Show in one paragraph what is in force, and what is planned."""
    with chosen.store(must_exist=True) as store:
        found, plan = store.centre(), store.read(plans.waiting)
    click.echo(f"{found.name.vi} ({found.code})")
    for queue in found.queues:
        served = [str(c.number) for c in found.counters if queue.id in (*c.queues, *c.secondary)]
        click.echo(f"  {queue.prefix}  {queue.title.vi}  ·  quầy {', '.join(served)}")
    if plan is not None:
        click.echo(f"Chờ áp dụng từ {plan.effective:%d/%m/%Y}: cấu hình {plan.number}, {plan.who} đã lên kế hoạch.")


@centre.command()
@click.argument("file", type=File)
@pass_chosen
def export(chosen: Chosen, file: Path) -> None:
    """Write what is in force to FILE, with people's names: `load` of that file changes nothing."""
    with chosen.store(must_exist=True) as store:
        text = write_centre(store.read(plans.in_force))
    fresh = file.with_name(file.name + ".new")
    try:
        # Names of people stand in it: only its owner may read it, from the first byte on.
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(text, encoding="utf-8")
        fresh.rename(file)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    click.echo(f"Đã ghi cấu hình đang dùng vào {file}.")


@centre.command()
@click.option("--last", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many, newest first.")
@pass_chosen
def history(chosen: Chosen, last: int) -> None:
    """List the configurations: number, since when, who decided, how many differences to the one before, why."""
    with chosen.store(must_exist=True) as store:
        found = store.read(plans.history, last + 1)
        for place, entry in enumerate(found[:last]):
            since = f"{local(entry.since):%d/%m/%Y %H:%M}" if entry.since else "–"
            before = found[place + 1] if place + 1 < len(found) else None
            count = f"{_count(store, before.number, entry.number)} khác biệt" if before else "đầu tiên"
            click.echo(f"{entry.number:>8}  {since}  {entry.who or '–'}  {count}  {entry.why}".rstrip())


@centre.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--why", default="", help="The reason, for the history.")
@pass_chosen
def restore(chosen: Chosen, number: int, yes: bool, why: str) -> None:
    """Put the configuration NUMBER of `history` in force again; the difference is shown first."""
    with chosen.store(must_exist=True) as store:
        seen, wanted = store.read(plans.number_in_force), store.read(plans.of_number, number)
        if not _show_difference(store.read(plans.in_force), wanted):
            return
        if not yes:
            click.confirm(f"Đưa cấu hình {number} vào áp dụng lại?", abort=True)
        loaded = store.write_now(ACT, configuring.apply_centre, wanted, calendar_of(wanted), seen, why)
    click.echo(f"Đã đưa cấu hình {number} vào áp dụng lại (sự kiện {loaded}).")


@centre.command()
@pass_chosen
def cancel(chosen: Chosen) -> None:
    """Cancel the configuration that waits for its date."""
    with chosen.store(must_exist=True) as store:
        plan = store.read(plans.waiting)
        store.write_now(ACT, configuring.cancel_plan, plan.number if plan else 0)
    click.echo("Đã hủy kế hoạch.")


def read_file(file: Path) -> Centre:
    """The centre in a file; wrong files end the command with 1 after every mistake was explained."""
    text = read_text(file, LARGEST, "tệp cấu hình trung tâm")
    try:
        return read_centre(text)
    except CentreFileWrong as wrong:
        raise explained(file, [sentence(mistake) for mistake in wrong.mistakes], "chưa có gì thay đổi") from wrong


def sentence(mistake: Mistake) -> str:
    """A mistake in Vietnamese."""
    return mistake.sentence(str)


def _count(store: Store, before: int, after: int) -> int:
    return len(differences(store.read(plans.of_number, before), store.read(plans.of_number, after)))


def _show_difference(before: Centre, after: Centre) -> bool:
    """Prints one line for each difference; gives whether there is any."""
    found = differences(before, after)
    for difference in found:
        click.echo(difference.line())
    click.echo(f"{len(found)} khác biệt so với cấu hình đang dùng." if found else "Không có khác biệt nào.")
    return bool(found)
