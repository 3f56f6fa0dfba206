"""`motcua device` and `motcua day`: pairing codes, revocation, the business day."""

import click

import clock
from commands.opened import ACT, Chosen, pass_chosen
from domain.days import local
from operations.entering import offer_pairing, revoke_device
from operations.opening import confirm_day, repair_day
from store import days
from web.devices import new_code, plain_code
from web.visitors import hash_of


@click.group()
def device() -> None:
    """Kiosks and walls."""


@device.command()
@click.argument("screen")
@pass_chosen
def code(chosen: Chosen, screen: str) -> None:
    """Print a one-time code for SCREEN (for example K1); it is typed at /pair/SCREEN within 15 minutes."""
    fresh = new_code()
    with chosen.store(must_exist=True) as store:
        store.write_now(ACT, offer_pairing, screen, hash_of(plain_code(fresh)))
    click.echo(fresh)


@device.command()
@click.argument("screen")
@pass_chosen
def revoke(chosen: Chosen, screen: str) -> None:
    """SCREEN opens nothing any more."""
    with chosen.store(must_exist=True) as store:
        store.write_now(ACT, revoke_device, screen)
    click.echo(f"Đã thu hồi {screen}.")


@click.group()
def day() -> None:
    """The business day."""


@day.command()
@pass_chosen
def show(chosen: Chosen) -> None:
    """The newest business day."""
    with chosen.store(must_exist=True) as store:
        newest = store.read(days.newest)
    click.echo(f"ngày số {newest.id}, {newest.label:%d/%m/%Y}" if newest else "chưa có ngày nào")


@day.command()
@pass_chosen
def confirm(chosen: Chosen) -> None:
    """Today's date is right, although it lies more than 15 days after the newest day."""
    with chosen.store(must_exist=True) as store:
        number = store.write_now(ACT, confirm_day)
    click.echo(f"Ngày làm việc số {number} đã mở.")


@day.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_chosen
def repair(chosen: Chosen, yes: bool) -> None:
    """Begin a new business day of today's date, after a wrong clock labelled the newest one with a later date.

    Set the machine's clock first. Whoever still waits loses the place, except in queues that are kept over night.
    """
    today = local(clock.now()).date()
    with chosen.store(must_exist=True) as store:
        newest = store.read(days.newest)
        if newest is None or newest.label <= today:
            raise click.ClickException("ngày mới nhất không ở sau hôm nay: không có gì phải sửa")
        asked = f"Ngày số {newest.id} mang ngày {newest.label:%d/%m/%Y}. Mở ngày mới {today:%d/%m/%Y}?"
        if not yes:
            click.confirm(asked, abort=True)
        number = store.write_now(ACT, repair_day)
    click.echo(f"Ngày làm việc số {number} đã mở.")
