"""One question to one national database over HTTP, within its time limit. Logs nothing and keeps nothing.

The wire is our own, in the words of `domain.lookups`: POST with a bearer key {"purpose", "dossier", "fields"}; the
answer {"known": true, "fields": {name: "agrees" | "differs" | "unknown"}} or {"known": false}. Whatever else a
database says makes its answer unreadable: we never hold more than we asked for.
"""

import asyncio

import httpx2
import msgspec

from domain.centre_outside import Lookup
from domain.lookups import Agreement, Answer, Found, NotFound, Purpose, Question, Reason, Unverified

ANSWER_LIMIT = 4096
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "Content-Type": "application/json"}
REFUSING = frozenset({400, 401, 403})


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    known: bool
    fields: dict[str, Agreement] = msgspec.field(default_factory=dict)


async def compare(way: Lookup, key: str, question: Question, purpose: Purpose, dossier: str) -> Answer:
    """What the database says; Unverified with the reason when it says nothing that counts, never an exception."""
    asked = {"purpose": str(purpose), "dossier": dossier, "fields": dict(question.fields)}
    try:
        async with asyncio.timeout(way.seconds):
            status, raw = await _post(way, key, msgspec.json.encode(asked))
    except (TimeoutError, httpx2.TimeoutException):
        return Unverified(Reason.TIMEOUT)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError):
        return Unverified(Reason.UNREACHABLE)
    if status != 200:
        return Unverified(Reason.REFUSED if status in REFUSING else Reason.UNREACHABLE)
    return read_answer(raw, frozenset(name for name, _ in question.fields))


async def _post(way: Lookup, key: str, content: bytes) -> tuple[int, bytes]:
    headers = HEADERS | {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(timeout=way.seconds, follow_redirects=False, trust_env=False) as http,
        http.stream("POST", way.url, content=content, headers=headers) as response,
    ):
        answer = bytearray()
        async for chunk in response.aiter_raw():
            answer += chunk
            if len(answer) > ANSWER_LIMIT:
                return response.status_code, b""
        return response.status_code, bytes(answer)


def read_answer(raw: bytes, asked: frozenset[str]) -> Answer:
    """The answer to a question about exactly these fields."""
    try:
        said = msgspec.json.decode(raw, type=_Said)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return Unverified(Reason.UNREADABLE)
    if said.known and said.fields.keys() == asked:
        return Found(dict(said.fields))
    return NotFound() if not said.known and not said.fields else Unverified(Reason.UNREADABLE)
