"""`motcua backup` and `motcua restore`: a proven copy, and the way back."""

from datetime import UTC, datetime
from pathlib import Path

import click

import clock
from commands.opened import Chosen, pass_chosen
from domain.days import local
from store import own_files, upkeep
from store.database import AlreadyRunning, DatabaseError
from store.own_files import FilesBad, OwnFile
from store.strongbox import FOLDER
from store.upkeep import BackupBad, Copy
from web.voice import PACKS

KEY = "site.key"
# What a centre has made itself and would lose; its emblem stands in its configuration.
OWN = (PACKS, "pictures", "languages", "forms")
# Scans and PDFs of dossiers, sealed with the centre's key.
SEALED = (FOLDER,)


@click.command()
@click.argument("target", type=click.Path(path_type=Path), required=False)
@pass_chosen
def backup(chosen: Chosen, target: Path | None) -> None:
    """Copy the data while the server runs, and prove the copy; TARGET is a new file [DATA/backups/…].

    Own voices, pictures, languages, forms and the sealed files of dossiers go to the folder `files` beside it. The
    centre's key is no part of the copy: keep DATA/site.key apart, without it applicants and files stay sealed.
    """
    source = chosen.settings.file
    if not source.exists():
        raise click.ClickException(f"không có tệp {source}")
    name = f"motcua-{local(clock.now()):%Y%m%d-%H%M%S}.sqlite"
    click.echo("Đang sao lưu và kiểm tra bản sao…", err=True)
    try:
        copy = upkeep.back_up(source, target or chosen.data / "backups" / name)
        files = own_files.keep(chosen.data, OWN, copy.path, SEALED)
    except FileExistsError as error:
        raise click.ClickException(f"đã có tệp {error.args[0]}; bản sao không bao giờ ghi đè") from error
    except (BackupBad, FilesBad, DatabaseError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{copy.path}: {_said(copy)} {_counted(files)}")


@click.command()
@click.argument("copy", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_chosen
def restore(chosen: Chosen, copy: Path) -> None:
    """Put COPY in the place of the data; the server must be stopped. Says up to which event."""
    chosen.data.mkdir(parents=True, exist_ok=True)
    click.echo("Đang kiểm tra bản sao và khôi phục…", err=True)
    try:
        restored = upkeep.restore(copy, chosen.settings.file)
        files = own_files.put_back(copy, chosen.data, (*OWN, *SEALED))
    except (BackupBad, FilesBad, AlreadyRunning, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Đã khôi phục {_said(restored)} {_counted(files or [])}")
    if files is None:
        click.echo(
            "chú ý: bên cạnh bản sao không có danh sách tệp; giọng, hình, ngôn ngữ và tệp của hồ sơ giữ nguyên.",
            err=True,
        )
    if not (chosen.data / KEY).exists():
        click.echo(f"chú ý: chưa có {KEY}; chép khóa cũ vào {chosen.data} trước khi mở hồ sơ.", err=True)


def _said(copy: Copy) -> str:
    moment = f"{local(datetime.fromtimestamp(copy.at / 1000, UTC)):%H:%M:%S %d/%m/%Y}" if copy.at else "–"
    return f"đến sự kiện {copy.seq} ({moment}), ngày {copy.day or '–'}, {copy.tickets} số, đã kiểm tra."


def _counted(files: list[OwnFile]) -> str:
    return f"{len(files)} tệp của trung tâm, {sum(one.size for one in files) / 10**6:.1f} MB."
