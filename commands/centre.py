"""`motcua centre`: check a centre file, put it in force, show what is in force."""

from datetime import time
from pathlib import Path

import click

from commands.opened import ACT, Chosen, pass_chosen
from domain.calendar import Calendar
from domain.centres import Centre, CentreFileWrong, read_centre, warnings
from domain.records import Mistake
from operations.calendars import DEFAULT_YEARS, materialise, official_days
from operations.managing import load_centre

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
@pass_chosen
def load(chosen: Chosen, file: Path) -> None:
    """Put FILE in force, with its people and its calendar. A wrong file changes nothing."""
    found = read_file(file)
    calendar = calendar_of(found)
    with chosen.store() as store:
        seq = store.write_now(ACT, load_centre, found, calendar)
    click.echo(f"Đã nạp {found.name.vi} (sự kiện {seq}).")


@centre.command()
@pass_chosen
def show(chosen: Chosen) -> None:
    """Show in one paragraph what is in force."""
    with chosen.store(must_exist=True) as store:
        found = store.centre()
    click.echo(f"{found.name.vi} ({found.code})")
    for queue in found.queues:
        served = [str(c.number) for c in found.counters if queue.id in (*c.queues, *c.secondary)]
        click.echo(f"  {queue.prefix}  {queue.title.vi}  ·  quầy {', '.join(served)}")


def read_file(file: Path) -> Centre:
    """The centre in a file; wrong files end the command with 1 after every mistake was explained."""
    try:
        if file.stat().st_size > LARGEST:
            raise click.ClickException(f"{file}: lớn hơn 1 MiB, không phải tệp cấu hình trung tâm")
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{file}: byte {error.start}: không phải UTF-8; hãy lưu tệp bằng mã UTF-8"
        ) from error
    try:
        return read_centre(text)
    except CentreFileWrong as wrong:
        for mistake in wrong.mistakes:
            click.echo(sentence(mistake), err=True)
        raise click.ClickException(f"{file.name}: {len(wrong.mistakes)} chỗ sai; chưa có gì thay đổi") from wrong


def sentence(mistake: Mistake) -> str:
    """A mistake in Vietnamese."""
    return mistake.sentence(str)


def calendar_of(found: Centre) -> Calendar:
    """The years known, with the centre's half-days and its own days on top."""
    half_days = tuple(
        (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in found.hours.half_days
    )
    own = {day.date: (day.kind, day.reason) for day in found.days}
    return materialise(DEFAULT_YEARS, half_days, official_days(DEFAULT_YEARS), own)
