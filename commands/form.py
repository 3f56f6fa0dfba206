"""`motcua form`: any of the one-stop forms as PDF, by the centre's own templates or ours, without a dossier."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.given_files import read_as
from commands.opened import Chosen, pass_chosen, said
from domain.errors import Refused
from domain.forms import EDITION_2025, FormKind

if TYPE_CHECKING:
    from domain.form_facts import FormFacts

DOTS_PER_INCH = 144
File = click.Path(path_type=Path, dir_okay=False)
Folder = click.Path(path_type=Path)


@click.group()
def form() -> None:
    """Look at a form: `motcua form 01 --sample --out 01.pdf`; try a folder of own templates: `form check`."""


@form.command()
@click.argument("folder", type=Folder)
def check(folder: Path) -> None:
    """Set every template NN.typ of FOLDER with a sample; says for each mistake its file and line."""
    from dossiers.form_files import samples
    from dossiers.papers import check_templates, is_own, template_of

    if not folder.is_dir():
        raise click.UsageError(f"{folder}: không có thư mục này")
    try:
        mistakes = check_templates(folder, samples())
    except Refused as refusal:
        raise click.ClickException(said(refusal)) from refusal
    for mistake in mistakes:
        click.echo(said(mistake), err=True)
    if mistakes:
        raise click.ClickException(f"{folder}: {len(mistakes)} mẫu chưa dùng được; các mẫu có sẵn được dùng thay")
    found = [template_of(kind).removesuffix(".typ") for kind in FormKind if is_own(kind, folder)]
    click.echo(f"{len(found)} mẫu dùng được: {', '.join(found) or 'thư mục không có tệp NN.typ hay head.typ'}")


def _command(kind: FormKind) -> click.Command:
    number, title = EDITION_2025.forms[kind]
    name = f"{number}-batch" if kind is FormKind.BATCH else number

    @click.command(name, help=f"{title}.\n\nWritten as PDF, or where OUT ends in .png the first page as a picture.")
    @click.option("--sample", is_flag=True, help="With an invented dossier.")
    @click.option(
        "--data", "file", type=File, help="With the facts of a JSON file; --facts prints one to begin with."
    )
    @click.option("--facts", is_flag=True, help="Print the sample's facts as JSON and write nothing.")
    @click.option("--forms", type=Folder, help="Own templates [forms in the data folder].")
    @click.option("--out", type=File, help="The file to write.")
    @pass_chosen
    def write(
        chosen: Chosen, sample: bool, file: Path | None, facts: bool, forms: Path | None, out: Path | None
    ) -> None:
        from dossiers.form_files import SAMPLES
        from dossiers.papers import OWN_FOLDER

        own = SAMPLES / f"{name}.json"
        if facts:
            click.echo(own.read_text(encoding="utf-8"), nl=False)
        elif out is None or sample == (file is not None):
            raise click.UsageError("say --out FILE, and either --sample or --data FILE")
        else:
            _write(_read(own if file is None else file, kind), forms or chosen.data / OWN_FOLDER, out)

    return write


def _read(file: Path, kind: FormKind) -> "FormFacts":
    from dossiers.form_files import LARGEST, read_form

    found = read_as(read_form, file, LARGEST, "tệp dữ liệu của mẫu")
    if found.kind is not kind:
        raise click.ClickException(f"{file.name}: tệp này là của mẫu khác (kind = {found.kind}); chưa ghi gì")
    return found


def _write(facts: "FormFacts", own: Path, out: Path) -> None:
    """A technician sees what is wrong with an own template; nothing takes its place here."""
    from dossiers.papers import draw_form, print_form

    try:
        if out.suffix == ".png":
            body = draw_form(facts, own, DOTS_PER_INCH)[0]
        else:
            paper = print_form(facts, own)
            if paper.mistake is not None:
                raise paper.mistake
            body = paper.body
        out.write_bytes(body)
    except Refused as refusal:
        raise click.ClickException(said(refusal)) from refusal
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"{out}: {len(body)} byte")


for _kind in FormKind:
    form.add_command(_command(_kind))
