"""`motcua`: the command line of a centre. Commands have --help and end with 0, 1 (failed) or 2 (wrongly asked)."""

import sys
from pathlib import Path

import click

from commands import backups, centre, journal, people, pictures, printer, procedures, screens, serving
from commands.deadline import deadline
from commands.diagnose import diagnose
from commands.form import form
from commands.keeping import keeping_now
from commands.opened import Chosen
from commands.practice import practice
from commands.print_agent import print_agent
from commands.sandbox import sandbox
from commands.slip import slip
from commands.voice import voice
from settings import SettingWrong, read_settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The centre's data folder [data].")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """MotCua: queue, counters and dossiers of a one-stop centre."""
    try:
        settings = read_settings()
    except SettingWrong as error:
        raise click.UsageError(str(error)) from error
    context.obj = Chosen(settings, data or settings.data)


main.add_command(serving.serve)
main.add_command(serving.demo)
main.add_command(centre.centre)
main.add_command(pictures.pictures)
main.add_command(procedures.procedures)
main.add_command(people.person)
main.add_command(people.token)
main.add_command(screens.device)
main.add_command(screens.day)
main.add_command(printer.printer)
main.add_command(slip)
main.add_command(sandbox)
main.add_command(form)
main.add_command(backups.backup)
main.add_command(backups.restore)
main.add_command(journal.journal)
main.add_command(keeping_now)
main.add_command(deadline)
main.add_command(practice)
main.add_command(diagnose)
main.add_command(voice)
main.add_command(print_agent)

if __name__ == "__main__":
    sys.exit(main())
