"""`motcua pictures`: what walls show while nothing is called."""

import shutil
from pathlib import Path

import click
from PIL import Image

from commands.opened import Chosen, pass_chosen
from web.pictures import NoPicture, Shelf, checked

MOST_PIXELS = 40_000_000


@click.group()
def pictures() -> None:
    """Pictures and films on the walls, for the minutes without a call."""


@pictures.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@pass_chosen
def add(chosen: Chosen, file: Path) -> None:
    """Put FILE (JPEG, PNG, WebP; MP4, WebM) on the shelf after a look at what it is."""
    try:
        found = checked(file.resolve())
        if not found.is_film:
            _decode(found.path)
        folder = chosen.data / "pictures"
        folder.mkdir(exist_ok=True)
        fresh = folder / f".{found.name}.new"
        shutil.copyfile(found.path, fresh)
        fresh.rename(folder / found.name)
    except NoPicture as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    except OSError as error:
        raise click.ClickException(f"{file.name}: {error.strerror or 'không đọc được'}") from error
    click.echo(f"Đã thêm {found.name}. Màn hình nào chiếu: đặt ở cấu hình thiết bị (pictures_after_seconds).")


def _decode(path: Path) -> None:
    """Every pixel, so that no wall shows half a picture. Raises NoPicture."""
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NoPicture("quá nhiều điểm ảnh; thu nhỏ còn 3840 x 2160")
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, NoPicture):
            raise
        raise NoPicture("ảnh hỏng, không đọc hết được") from error


@pictures.command(name="list")
@pass_chosen
def list_(chosen: Chosen) -> None:
    """Name every file on the shelf in the order in which they are shown."""
    for picture in Shelf(chosen.data / "pictures").pictures():
        click.echo(f"{picture.name}  {picture.kind}  {picture.path.stat().st_size // 1000} kB")


@pictures.command()
@click.argument("name")
@pass_chosen
def remove(chosen: Chosen, name: str) -> None:
    """Take NAME off the shelf."""
    found = Shelf(chosen.data / "pictures").named(name)
    if found is None:
        raise click.ClickException(f"không có {name}")
    found.path.unlink()
    click.echo(f"Đã bỏ {name}.")
