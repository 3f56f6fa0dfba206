"""`motcua backup` and `motcua restore`: a proven copy, and the way back."""

from datetime import UTC, datetime
from pathlib import Path

import click

import clock
from commands.opened import Chosen, pass_chosen
from domain.days import local
from store import upkeep
from store.database import AlreadyRunning, DatabaseError
from store.upkeep import BackupBad, Copy

KEY = "site.key"


@click.command()
@click.argument("target", type=click.Path(path_type=Path), required=False)
@pass_chosen
def backup(chosen: Chosen, target: Path | None) -> None:
    """Copy the data while the server runs, and prove the copy; TARGET is a new file [DATA/backups/…].

    The centre's key is no part of the copy: keep DATA/site.key apart, without it applicants stay sealed.
    """
    source = chosen.settings.file
    if not source.exists():
        raise click.ClickException(f"không có tệp {source}")
    name = f"motcua-{local(clock.now()):%Y%m%d-%H%M%S}.sqlite"
    click.echo("Đang sao lưu và kiểm tra bản sao…", err=True)
    try:
        copy = upkeep.back_up(source, target or chosen.data / "backups" / name)
    except FileExistsError as error:
        raise click.ClickException(f"đã có tệp {error.args[0]}; bản sao không bao giờ ghi đè") from error
    except (BackupBad, DatabaseError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{copy.path}: {_said(copy)}")


@click.command()
@click.argument("copy", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_chosen
def restore(chosen: Chosen, copy: Path) -> None:
    """Put COPY in the place of the data; the server must be stopped. Says up to which event."""
    chosen.data.mkdir(parents=True, exist_ok=True)
    click.echo("Đang kiểm tra bản sao và khôi phục…", err=True)
    try:
        restored = upkeep.restore(copy, chosen.settings.file)
    except (BackupBad, AlreadyRunning, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Đã khôi phục {_said(restored)}")
    if not (chosen.data / KEY).exists():
        click.echo(f"chú ý: chưa có {KEY}; chép khóa cũ vào {chosen.data} trước khi mở hồ sơ.", err=True)


def _said(copy: Copy) -> str:
    moment = f"{local(datetime.fromtimestamp(copy.at / 1000, UTC)):%H:%M:%S %d/%m/%Y}" if copy.at else "–"
    return f"đến sự kiện {copy.seq} ({moment}), ngày {copy.day or '–'}, {copy.tickets} số, đã kiểm tra."
