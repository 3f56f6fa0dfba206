"""`motcua print-agent`: the program on a kiosk's own computer that prints there what the centre's server sends."""

import asyncio
import os
import signal
import ssl
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from commands.logging import configure
from domain.printer_addresses import Agent, read_address
from domain.records import Wrong

if TYPE_CHECKING:
    from printers.agent_program import PrintAgent

PAIRING_SECONDS = 10.0
LONGEST_TOKEN = 100
NOTICES = {
    "connected": "Đã kết nối với máy chủ, chờ phiếu.",
    "away": "Không gặp được máy chủ; sẽ thử lại.",
    "taken": "Một chương trình khác đang in cho máy in này; sẽ thử lại.",
    "untrusted": "Không tin chứng thư của máy chủ nên không in gì. Dùng --ca với chứng thư của nơi cấp.",
    "refused": "Máy chủ không nhận khóa của chương trình này: đã bị thu hồi hoặc chưa ghép. Hãy lấy mã ghép mới.",
}


def _server(context: click.Context, parameter: click.Parameter, value: str) -> str:
    place = urlsplit(value)
    if place.scheme not in ("http", "https") or not place.hostname or place.path not in ("", "/"):
        raise click.BadParameter("should look like https://motcua.hall.lan")
    return f"{place.scheme}://{place.netloc}"


def _device(context: click.Context, parameter: click.Parameter, value: str) -> str:
    try:
        place = read_address(value)
    except Wrong as wrong:
        raise click.BadParameter(f"{wrong.reason}; {wrong.remedy % wrong.arguments}") from wrong
    if isinstance(place, Agent):
        raise click.BadParameter("the printer that hangs on this machine is meant, not an agent")
    return value


def _authority(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    try:
        ssl.create_default_context(cafile=value)
    except OSError as error:
        raise click.BadParameter(f"{value}: no certificate in PEM form can be read here") from error
    return value


@click.command("print-agent")
@click.option("--server", required=True, callback=_server, help="The centre's server: https://motcua.hall.lan")
@click.option("--printer", required=True, help="Id of this agent in the centre's file: IN1 of agent://IN1")
@click.option("--device", required=True, callback=_device, help="The printer here: usb://04b8:0202, serial://…")
@click.option("--code", help="One-time pairing code; the token it buys is kept in the token file.")
@click.option("--token-file", type=click.Path(path_type=Path, dir_okay=False), help="[<state>/<printer>.token]")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="Where journal and token lie.")
@click.option("--ca", envvar="PRINT_AGENT_CA", callback=_authority,
              help="Certificate (PEM) of your own authority, then the only one trusted.")  # fmt: skip
@click.option("--pair-only", is_flag=True, help="End after pairing.")
def print_agent(
    server: str, printer: str, device: str, code: str | None, token_file: Path | None, state: Path | None,
    ca: str | None, pair_only: bool,
) -> None:  # fmt: skip
    """Print on a printer of this machine what the centre's server sends. Runs until stopped."""
    configure()
    folder = state or _usual_state()
    place = token_file or folder / f"{printer}.token"
    if code:
        _keep_token(place, pair(server, printer, code, ca))
        click.echo(f"Đã ghép {printer}; khóa nằm ở {place}.")
    if pair_only:
        return
    from printers import thermal  # imported here: other commands need none of it
    from printers.agent_journal import AgentJournal, JournalTaken
    from printers.agent_program import Errand, PrintAgent

    errand = Errand(server, printer, _token(place), device, ca or "")
    thermal.dialect("default", folder / "escpos")  # where python-escpos keeps its database is ours to say
    try:
        journal = AgentJournal(folder / f"{printer}.journal")
    except JournalTaken as error:
        raise click.ClickException(f"trên máy này đã có một chương trình in cho {printer} đang chạy") from error
    except OSError as error:
        raise click.ClickException(f"{folder}: {error.strerror}") from error
    try:
        asyncio.run(_run(PrintAgent(errand, journal, Notices())))
    finally:
        journal.close()


def pair(server: str, printer: str, code: str, ca: str | None = None) -> str:
    """Exchange a one-time code for the agent's token. Raises ClickException with what to do."""
    import httpx2

    headers = {"Origin": server, "Accept": "application/json"}
    trust = ssl.create_default_context(cafile=ca)
    try:
        with httpx2.Client(trust_env=False, timeout=PAIRING_SECONDS, verify=trust) as client:
            answer = client.post(f"{server}/pair/{printer}", data={"code": code}, headers=headers)
    except httpx2.HTTPError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise click.ClickException(f"{server}: {NOTICES['untrusted']}") from error
        raise click.ClickException(f"{server}: {type(error).__name__}") from error
    if answer.status_code != 200:
        raise click.ClickException(f"Máy chủ không nhận mã ghép cho {printer} ({answer.status_code}); lấy mã mới.")
    token = answer.json().get("token", "")
    if not isinstance(token, str) or not 20 <= len(token) <= LONGEST_TOKEN:
        raise click.ClickException(f"{server}: máy chủ trả lời không có mã truy cập; xem lại địa chỉ")
    return token


def _usual_state() -> Path:
    given = os.environ.get("STATE_DIRECTORY")  # set by the systemd unit
    return Path(given) if given else Path.home() / ".local" / "state" / "motcua-print-agent"


def _keep_token(place: Path, token: str) -> None:
    fresh = place.with_name(place.name + ".new")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as target:
            target.write(token)
            target.flush()
            os.fsync(target.fileno())
        fresh.replace(place)
    except OSError as error:
        raise click.ClickException(f"{place}: {error.strerror}") from error


def _token(place: Path) -> str:
    try:
        with place.open(encoding="ascii") as source:
            token = source.read(LONGEST_TOKEN + 1).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{place}: no token here; pair first with --code") from error
    if not 20 <= len(token) <= LONGEST_TOKEN:
        raise click.ClickException(f"{place}: this is no token; pair again with --code")
    return token


class Notices:
    """Says each change once, not at every try."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, word: str) -> None:
        if word != self._last:
            self._last = word
            click.echo(NOTICES[word], err=word != "connected")


async def _run(agent: "PrintAgent") -> None:
    work = asyncio.ensure_future(agent.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt
            loop.add_signal_handler(number, work.cancel)
    with suppress(asyncio.CancelledError):
        await work
