"""A portal at the door of a running centre, for the tests of what comes in."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from domain.dossiers import Status
from operations import arrivals, supplements
from operations.processing import Doing
from store import dossiers
from store.database import Connection
from store.writer import Act as Asking
from tests.portal.inbox_letters import INBOX, SECRET, body_of, header
from tests.support.halls import HandClock
from tests.support.servers import Server, running

TABLES = (
    "journal", "dossiers", "dossier_steps", "particulars", "dossier_marks", "dossier_words", "inbox_contents",
    "inbox_forms", "inbox_nonces", "portal_messages", "attachments", "attachment_names",
)  # fmt: skip
_nonces = itertools.count(1)
_codes = itertools.count(1)


@dataclass
class Post:
    """A portal at the door of a running centre."""

    server: Server
    clock: HandClock
    http: httpx2.Client

    def letter(self, told: Any, *, nonce: str = "", late: float = 0, secret: str = SECRET) -> httpx2.Response:
        body = told if isinstance(told, bytes) else body_of(told)
        signed = header(
            body, self.clock() - timedelta(seconds=late), nonce or f"nonce-{next(_nonces):016d}", secret
        )
        return self.http.post(INBOX, content=body, headers={"Authorization": signed})

    def rows(self) -> dict[str, int]:
        """How much stands in every table that a letter may touch; that it was refused is noted beside them."""

        def count(db: Connection) -> dict[str, int]:
            found = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
            found["journal"] -= db.execute("SELECT count(*) FROM refused_arrivals").fetchone()[0]
            return found

        box = self.server.app.state.house.files.box
        return self.server.store.read(count) | {"files on the disk": sum(1 for _ in box.addresses())}

    def ask_supplement(self, code: str) -> None:
        """A clerk accepts the online dossier and asks for what is missing."""
        do, vault = self.server.store.write_now, self.server.app.state.house.vault
        do(Asking("cb01"), arrivals.accept, Doing(code, "cb01"))
        do(Asking("cb01"), supplements.ask_supplement, Doing(code, "cb01", vault.seal(b"words")))

    def status(self, code: str) -> Status:
        found = self.server.store.read(dossiers.find, code)
        assert found is not None
        return found.status


def at(server: Server) -> httpx2.Client:
    """Somebody who knows only HTTP, and sends neither Origin nor cookies."""
    return httpx2.Client(base_url=server.url, trust_env=False, verify=False, timeout=30)


@contextmanager
def posted(folder: Path, **changes: Any) -> Iterator[Post]:
    """A centre that takes letters."""
    secret = folder / "inbox.secret"
    secret.write_text(f"{SECRET}\nthe-next-secret-of-both\n", encoding="utf-8")
    clock = HandClock()
    ways = {"inbox_secret_file": secret, **changes}
    with running(folder / "data", now=clock, **ways) as server, at(server) as http:
        yield Post(server, clock, http)


def new_code() -> str:
    return f"000.00.00.G22-261123-1{next(_codes):05d}"


def said(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error_code"]


def refuses(post: Post, told: Any, status: int = 200, code: str = "-1", **how: Any) -> httpx2.Response:
    """The letter is refused in the dialect, and nothing has changed anywhere."""
    before = post.rows()
    answer = post.letter(told, **how)
    assert said(answer) == (status, code), answer.text
    assert answer.json()["message"]
    assert post.rows() == before
    return answer
