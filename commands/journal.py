"""`motcua journal`: prove that nobody altered the record, and that the tables say what it says."""

import tempfile
from pathlib import Path

import click

from commands.opened import Chosen, pass_chosen
from store import database, upkeep
from store import journal as stored


@click.group()
def journal() -> None:
    """The append-only record."""


@journal.command()
@pass_chosen
def verify(chosen: Chosen) -> None:
    """Check the hash chain; names the first event that does not fit."""
    db = database.open_reader(_file(chosen))
    click.echo("Đang kiểm tra nhật ký…", err=True)
    try:
        broken, newest = stored.verify(db), stored.head(db)[0]
    except database.DatabaseError as error:
        raise click.ClickException(f"{chosen.settings.file}: {error}") from error
    finally:
        db.close()
    if broken is not None:
        raise click.ClickException(f"nhật ký bị sửa hoặc mất từ sự kiện {broken}")
    click.echo(f"Nhật ký nguyên vẹn đến sự kiện {newest}.")


@journal.command()
@pass_chosen
def replay(chosen: Chosen) -> None:
    """Replay it from empty and compare every table with the database."""
    click.echo("Đang phát lại nhật ký…", err=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            different = upkeep.replay_into(_file(chosen), Path(folder) / "replayed.sqlite")
        except database.DatabaseError as error:
            raise click.ClickException(f"{chosen.settings.file}: {error}") from error
    if different:
        raise click.ClickException(f"khác nhau: {', '.join(different)}")
    click.echo("Phát lại từ đầu cho đúng cơ sở dữ liệu này.")


def _file(chosen: Chosen) -> Path:
    path = chosen.settings.file
    if not path.exists():
        raise click.ClickException(f"không có tệp {path}")
    return path
