"""`motcua voice`: clip packs that a centre has recorded or bought, checked and put in; the list of what is here."""

from pathlib import Path

import click

from commands.opened import Chosen, pass_chosen
from domain import speech
from web.recordings import install
from web.voice import PACKS, VOICES, BadPack, Pack, Packs

MOST_NAMED = 12


@click.group()
def voice() -> None:
    """The clip packs of the hall's voice."""


@voice.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--name", help="The name by which the configuration chooses it [that of FOLDER].")
@pass_chosen
def add(chosen: Chosen, folder: Path, name: str | None) -> None:
    """Check the pack in FOLDER (manifest, hashes, sound, size) and put it in; the running server takes it up."""
    known = name or folder.resolve().name
    try:
        pack = install(folder, chosen.data / PACKS, known)
    except (BadPack, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{known}: {_said(pack)}")
    _say_missing(pack)


@voice.command(name="list")
@pass_chosen
def show(chosen: Chosen) -> None:
    """The packs that can be spoken with, and what is wrong with the others."""
    packs = Packs(VOICES, chosen.data / PACKS)
    for name, pack in sorted(packs.names.items()):
        click.echo(f"{name}: {_said(pack)}")
    for name, wrong in sorted(packs.broken.items()):
        click.echo(f"{name}: hỏng, không dùng: {wrong}", err=True)


def _said(pack: Pack) -> str:
    every = len(speech.tokens(pack.language))
    return f"tiếng {pack.language}, {every - len(pack.missing())}/{every} đoạn, {pack.rate} Hz. {pack.licence}"


def _say_missing(pack: Pack) -> None:
    missing = pack.missing()
    if missing:
        more = f" và {len(missing) - MOST_NAMED} đoạn nữa" if len(missing) > MOST_NAMED else ""
        click.echo(f"chú ý: còn thiếu {', '.join(missing[:MOST_NAMED])}{more}.", err=True)
