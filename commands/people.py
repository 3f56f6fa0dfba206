"""`motcua person` and `motcua token`: who may enter."""

import getpass
import re
import sys

import click
from argon2 import PasswordHasher

from commands.opened import ACT, Chosen, pass_chosen
from domain.roles import PERSON_ROLES
from operations.entering import give_token, revoke_token, set_password
from operations.managing import add_person
from store import people as stored
from web.visitors import hash_of, new_token

SHORTEST = 10
LOGIN = re.compile(r"[a-z][a-z0-9.-]{1,31}")


@click.group()
def person() -> None:
    """People who work here."""


@person.command()
@click.argument("login")
@click.option("--name", required=True, help="Full name.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(sorted(role.value for role in PERSON_ROLES))
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@pass_chosen
def add(chosen: Chosen, login: str, name: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Let somebody work here, for example the first administrator; asks for the password."""
    if not LOGIN.fullmatch(login):
        raise click.UsageError(
            f"{login!r}: a login is 2 to 32 of a-z, 0-9, dot and hyphen, beginning with a letter"
        )
    if not name.strip() or len(name) > 80 or not name.isprintable():
        raise click.UsageError("--name: 1 to 80 printable characters")
    secret = PasswordHasher().hash(_password(password_stdin))
    with chosen.store() as store:
        added = store.write_now(ACT, add_person, login, name.strip(), list(roles), secret)
    click.echo(f"Đã thêm {login} ({added}).")


@person.command()
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@pass_chosen
def password(chosen: Chosen, login: str, password_stdin: bool) -> None:
    """Set somebody's password; ends all sign-ins made with the old one."""
    secret = PasswordHasher().hash(_password(password_stdin))
    with chosen.store(must_exist=True) as store:
        found = store.read(stored.by_login, login)
        if found is None:
            raise click.ClickException(f"không có ai tên đăng nhập {login}")
        store.write_now(ACT, set_password, found[0].id, secret)
    click.echo(f"Đã đặt mật khẩu của {login}.")


@person.command("list")
@pass_chosen
def list_(chosen: Chosen) -> None:
    """Who may enter, with which roles."""
    with chosen.store(must_exist=True) as store:
        for found in store.read(stored.everybody):
            click.echo(f"{found.login:20} {', '.join(sorted(found.roles)):30} {found.name}")


@click.group()
def token() -> None:
    """Bearer tokens for programs."""


@token.command()
@click.argument("holder")
@click.option(
    "--kind", type=click.Choice(["person", "device"]), required=True, help="HOLDER is a login, or a device."
)
@click.option("--label", default="", help="What it is for.")
@pass_chosen
def give(chosen: Chosen, holder: str, kind: str, label: str) -> None:
    """Print a new token for HOLDER; it is shown once."""
    secret = new_token()
    with chosen.store(must_exist=True) as store:
        if kind == "person":
            found = store.read(stored.by_login, holder)
            if found is None:
                raise click.ClickException(f"không có ai tên đăng nhập {holder}")
            holder = found[0].id
        number = store.write_now(ACT, give_token, kind, holder, label[:80], hash_of(secret))
    click.echo(secret)
    click.echo(f"mã số {number}; thu hồi: motcua token revoke {number}", err=True)


@token.command()
@click.argument("number", type=int)
@pass_chosen
def revoke(chosen: Chosen, number: int) -> None:
    """End a token."""
    with chosen.store(must_exist=True) as store:
        if number not in {row[0] for row in store.read(stored.tokens)}:
            raise click.ClickException(f"không có mã số {number}")
        store.write_now(ACT, revoke_token, number)
    click.echo(f"Đã thu hồi {number}.")


def _password(from_stdin: bool) -> str:
    given = sys.stdin.readline().rstrip("\n") if from_stdin else getpass.getpass("Mật khẩu: ")
    if not SHORTEST <= len(given) <= 200:
        raise click.UsageError(f"a password has {SHORTEST} to 200 characters")
    if not from_stdin and given != getpass.getpass("Nhập lại: "):
        raise click.UsageError("the two passwords differ")
    return given
