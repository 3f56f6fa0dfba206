"""`motcua practice`: a copy of the centre to learn on, marked 'TẬP' on every screen and slip."""

import shutil
from dataclasses import replace
from pathlib import Path

import click

import clock
from commands.opened import ACT, Chosen, pass_chosen
from commands.serving import run
from domain.calendar import Calendar
from domain.centres import Centre
from domain.procedures import Procedure
from operations import entering, managing
from settings import Settings
from store import calendars, people, procedures
from store.people import Person
from store.store import Store

FOLDER = "practice"


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8010, show_default=True)
@click.option("--keep", is_flag=True, help="Go on with the practice data of last time.")
@pass_chosen
def practice(chosen: Chosen, port: int, keep: bool) -> None:
    """Run a practice copy of the centre beside it: same queues, counters, people and passwords, no real dossier.

    It has a file of its own in DATA/practice, made anew at every start. It speaks to no portal, no axis and no
    national database, and names no account.
    """
    place = chosen.data / FOLDER
    if not keep or not (place / chosen.settings.file.name).exists():
        with chosen.store(must_exist=True) as real:
            _copy(real, place)
    settings = replace(
        chosen.settings, data=place, port=port, practice=True, metrics_port=0,
        portal_url="", portal_password_file=None, portal_files_url="", axis_url="", axis_secret_file=None,
    )  # fmt: skip
    run(settings, lambda url: click.echo(f"ready {url} (TẬP)"))


def _copy(real: Store, place: Path) -> None:
    """Configuration, catalogue, people and their passwords; nothing of any citizen."""
    shutil.rmtree(place, ignore_errors=True)
    staff = real.read(people.everybody)
    secrets = {person.login: found[1] for person in staff if (found := real.read(people.by_login, person.login))}
    calendar, catalogue = real.read(calendars.current), real.read(procedures.everything)
    copy = Store(Settings(data=place).file, clock.now)
    copy.start()
    try:
        _furnish(copy, _with_names(real.centre(), staff), calendar, catalogue)
        for person in staff:
            _let_in(copy, person, secrets.get(person.login))
    finally:
        copy.close()


def _with_names(centre: Centre, staff: list[Person]) -> Centre:
    """The configuration with the logins and names that stand in the vault only; nothing outside the house."""
    known = {person.id: person for person in staff}
    named = [
        replace(person, login=known[person.id].login, name=known[person.id].name)
        for person in centre.people
        if person.id in known
    ]
    return replace(centre, people=tuple(named), portal=None, axis=None, lookups=(), payment=None)


def _furnish(copy: Store, centre: Centre, calendar: Calendar, catalogue: list[Procedure]) -> None:
    copy.write_now(ACT, managing.load_centre, centre, calendar)
    copy.write_now(ACT, managing.list_procedures, catalogue)


def _let_in(copy: Store, person: Person, secret: str | None) -> None:
    if copy.read(people.by_id, person.id) is not None:
        if secret:
            copy.write_now(ACT, entering.set_password, person.id, secret)
        return
    roles = sorted(person.roles)
    copy.write_now(ACT, managing.add_person, person.login, person.name, roles, secret)
