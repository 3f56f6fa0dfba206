"""`motcua keeping`: apply the rules of how long personal data are kept, or say what they would remove."""

import click

import clock
from commands.opened import ACT, Chosen, pass_chosen
from domain.attachments import Limits
from domain.keeping import HELD_NAMES
from operations import keeping
from store import database, upkeep
from store.database import AlreadyRunning
from store.store import Store
from store.strongbox import FOLDER, Strongbox
from store.vault import Unreadable, Vault
from web.file_rooms import FileRoom


@click.command("keeping")
@click.option("--dry-run", is_flag=True, help="Remove nothing; say how many each rule would remove.")
@pass_chosen
def keeping_now(chosen: Chosen, dry_run: bool) -> None:
    """Remove personal data past their time now; the server does it every night by itself.

    Only while the server is stopped, for it alone knows which files are on their way in; --dry-run runs beside
    it too.
    """
    if dry_run:
        _say_what_would_go(chosen)
        return
    if not chosen.settings.file.exists():
        raise click.ClickException(f"không có tệp {chosen.settings.file}")
    try:
        held = database.lock(chosen.settings.file)
    except AlreadyRunning as error:
        raise click.ClickException(
            f"{error}: máy chủ tự xóa mỗi đêm; muốn xóa ngay thì dừng máy chủ rồi chạy lại lệnh này"
        ) from error
    with held, chosen.store(must_exist=True) as store:
        _remove(chosen, store)


def _say_what_would_go(chosen: Chosen) -> None:
    with chosen.store(must_exist=True) as store, store.own_reader() as db:
        rows = keeping.outlook(db, store.centre(), clock.now())
    for row in rows:
        click.echo(f"{row.held:<12} {row.days:>6} ngày  sẽ xóa {row.due:>7}  chờ việc khác {row.held_back:>6}")
        click.echo(f"{'':<12} {HELD_NAMES[row.held]}")
    click.echo(f"Tổng cộng {sum(row.due for row in rows)} lượt. Chưa xóa gì.")


def _remove(chosen: Chosen, store: Store) -> None:
    try:
        box = Strongbox(chosen.data / FOLDER, Vault.open(chosen.data / "site.key"))
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    room = FileRoom(store, box, Limits())
    gone = keeping.apply_rules(store, room.let_go_now, ACT)
    for held, one in gone.items():
        click.echo(f"{held:<12} đã xóa {one.rows} dòng của {one.subjects} lượt: {HELD_NAMES[held]}")
    if not gone:
        click.echo("Không có gì quá thời hạn lưu giữ.")
    elif not upkeep.shed_log(chosen.settings.file):
        click.echo(
            "chú ý: có chương trình đang đọc cơ sở dữ liệu; chạy lại lệnh này sau để dọn nốt tệp -wal.", err=True
        )
