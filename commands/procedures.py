"""`motcua procedures`: import the national catalogue, search it."""

import zlib
from gzip import BadGzipFile, GzipFile
from io import BytesIO
from pathlib import Path

import click

from commands.opened import ACT, Chosen, pass_chosen
from domain.procedures import Procedure, read_catalogue
from operations.managing import list_procedures
from store import procedures as stored

LARGEST = 256 * 1024 * 1024
DIRTY_SHOWN = 50
GZIP = b"\x1f\x8b"


@click.group()
def procedures() -> None:
    """The catalogue of administrative procedures."""


@procedures.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--skip-dirty", is_flag=True, help="Import the clean rows although some are dirty.")
@pass_chosen
def import_(chosen: Chosen, file: Path, skip_dirty: bool) -> None:
    """Import FILE (one JSON object a line, may be gzipped). Dirty rows are named; nothing is half-imported."""
    lines = _lines(file)
    with click.progressbar(lines, label="đọc", length=len(lines)) as bar:
        clean, dirty = read_catalogue(bar)
    for row in dirty[:DIRTY_SHOWN]:
        for sentence in row.sentences(str):
            click.echo(f"dòng {row.number}: {sentence}", err=True)
    if len(dirty) > DIRTY_SHOWN:
        click.echo(f"… và {len(dirty) - DIRTY_SHOWN} dòng nữa", err=True)
    if dirty and not skip_dirty:
        raise click.ClickException(f"{len(dirty)} dòng chưa sạch; chưa nhập gì. Sửa tệp, hoặc thêm --skip-dirty.")
    if not clean:
        raise click.ClickException("tệp không có dòng nào nhập được")
    click.echo(f"ghi {len(clean)} thủ tục…")
    with chosen.store() as store:
        done = store.write_now(ACT, list_procedures, clean)
    click.echo(
        f"{done.new} thủ tục mới, {done.changed} thay đổi, {done.same} giữ nguyên, {len(dirty)} dòng bỏ qua."
    )


@procedures.command()
@click.argument("words", nargs=-1, required=True)
@pass_chosen
def search(chosen: Chosen, words: tuple[str, ...]) -> None:
    """Find procedures; diacritics are not needed: motcua procedures search dat dai."""
    with chosen.store(must_exist=True) as store:
        found: list[Procedure] = store.read(stored.search, " ".join(words)[:200])
    for procedure in found:
        click.echo(f"{procedure.code}  {procedure.title}")
    if not found:
        raise click.ClickException("không có thủ tục nào như vậy")


def _lines(file: Path) -> list[bytes]:
    try:
        raw = file.read_bytes() if file.stat().st_size <= LARGEST else b""
        text = GzipFile(fileobj=BytesIO(raw)).read(LARGEST + 1) if raw[:2] == GZIP else raw
    except (EOFError, BadGzipFile, zlib.error) as error:
        raise click.ClickException(f"{file}: tệp nén bị hỏng") from error
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from error
    if not raw or len(text) > LARGEST:
        raise click.ClickException(f"{file}: trống, hoặc lớn hơn 256 MiB")
    return [line for line in text.splitlines() if line.strip()]
