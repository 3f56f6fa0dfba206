"""Speaks the dossier interface of the national portal over HTTP, through the adapter of the state network.

It knows nothing of our rows, of waits between attempts or of the order of a dossier's changes: its caller
keeps at most one call in flight a dossier, look-ups included. It logs nothing; the portal's token lives in
memory only.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import TracebackType
from typing import Any, Literal, Self

import httpx2
import msgspec

from domain.errors import msgid
from portal.answers import Answer, CatalogueEntry, NotAnAnswer, Permanent, PortalError, catalogue_entry, read_answer
from portal.messages import Record

__all__ = [
    "Failure",
    "Known",
    "Outcome",
    "Permanent",
    "PortalClient",
    "PortalError",
    "Profile",
    "Temporary",
    "Unclear",
    "Unknown",
]

PROGRESS_BATCH = 10
ANSWER_LIMIT = 8 * 1024 * 1024  # the whole national list has 5,741 headings
CATALOGUE_SECONDS = 12 * 3600
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # an unpacked answer could outgrow its limit
    "Content-Type": "application/json",
    "Charset": "utf-8",
}


class Failure(StrEnum):
    """Why a call did not succeed, as a msgid."""

    UNREACHABLE = msgid("Không kết nối được với Cổng.")
    NO_ANSWER = msgid("Không nhận được trả lời của Cổng.")
    BAD_STATUS = msgid("Trục kết nối với Cổng báo lỗi.")
    NOT_AN_ANSWER = msgid("Không đọc được trả lời của Cổng.")
    TOO_LARGE = msgid("Trả lời của Cổng quá lớn.")
    LOGIN_REFUSED = msgid("Cổng từ chối đăng nhập.")
    TOKEN_REFUSED = msgid("Cổng không nhận phiên đăng nhập vừa cấp.")
    LOOK_UP_FAILED = msgid("Cổng không trả lời được câu hỏi tra cứu.")
    REFUSED = msgid("Cổng từ chối dữ liệu.")


class Temporary(PortalError):
    """Try again later; nothing was changed at the portal."""

    def __init__(self, reason: Failure) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Unclear(Temporary):
    """The portal may have taken what was sent: try again later, with `tried_before`."""


class Outcome(Enum):
    """How the portal took a dossier."""

    INSERTED = "inserted"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Known:
    """The portal has the dossier; `status` (1..10) is None when its row does not tell."""

    status: int | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The portal answered that it does not have the dossier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One dialect and address of the portal; raises ValueError for an address that cannot be called."""

    name: str = "dvcqg-1.4+"
    adapter_url: str
    auth_endpoint: str = "/mapi/login"
    integration_endpoint: str = "/mapi/g"
    dstcode: str = "VN:GOV:000.00.00.G22:vpcpdvcprovider"
    dstcode_in: Literal["header", "query"] = "header"
    madonvi: str
    username: str

    def __post_init__(self) -> None:
        url = httpx2.URL(self.adapter_url)
        if url.scheme not in ("http", "https") or not url.host or url.userinfo:
            raise ValueError("adapter_url must be an http(s) address without a user name")
        if self.dstcode_in not in ("header", "query"):
            raise ValueError("dstcode_in must be header or query")


class PortalClient:
    """The portal as the worker sees it; an async context manager.

    Every call raises Temporary, Unclear (a Temporary) or Permanent; no text of theirs is personal or secret.
    A call ends within `attempt_seconds`, logins and repeats included: less than the lease of its caller.
    """

    def __init__(
        self,
        profile: Profile,
        password: str,
        *,
        connect_seconds: float = 5,
        read_seconds: float = 60,
        attempt_seconds: float = 130,
        transport: httpx2.AsyncBaseTransport | None = None,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._profile, self._password, self._timer = profile, password, timer
        # The read limit alone would let a dripping answer live for ever.
        self._exchange_seconds, self._attempt_seconds = connect_seconds + read_seconds, attempt_seconds
        self._http = httpx2.AsyncClient(
            headers=HEADERS,
            timeout=httpx2.Timeout(read_seconds, connect=connect_seconds, pool=connect_seconds),
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=20),
            transport=transport,
            trust_env=False,
        )
        self._token: str | None = None
        self._signing_in = asyncio.Lock()
        self._catalogue: dict[str, tuple[float, CatalogueEntry]] = {}

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._token = None
        await self._http.__aexit__(kind, error, trace)

    async def procedure(self, code: str) -> CatalogueEntry:
        """Give the catalogue's entry, asked at most twice a day; Permanent (MaTTHC) when there is none."""
        asked_at, entry = self._catalogue.get(code, (0.0, None))
        if entry is None or self._timer() - asked_at > CATALOGUE_SECONDS:
            async with self._attempt(changes=False):
                entry = catalogue_entry(code, await self._ask("LayThuTuc", maTTHC=code))
            self._catalogue[code] = (self._timer(), entry)
        return entry

    async def listed_codes(self) -> list[str]:
        """The codes of every procedure that the portal lists, in its order. Raises Temporary."""
        async with self._attempt(changes=False):
            answer = await self._ask("LayDanhSachTTHC")
        if not answer.is_success or answer.result is None:
            raise Temporary(Failure.LOOK_UP_FAILED)
        codes = [row.get("MATTHC") for row in answer.result if str(row.get("TRANGTHAI", "1")) == "1"]
        return list(dict.fromkeys(code for code in codes if isinstance(code, str) and code))

    async def catalogue_row(self, code: str) -> dict[str, Any] | None:
        """What the portal says of a procedure, None when it has none of this code. Raises Temporary."""
        async with self._attempt(changes=False):
            answer = await self._ask("LayThuTuc", maTTHC=code)
        if not answer.is_success or answer.result is None:
            raise Temporary(Failure.LOOK_UP_FAILED)
        return next((row for row in answer.result if row.get("MATTHC") == code), None)

    async def deliver(self, record: Record, tried_before: bool, known: bool | None = None) -> Outcome:
        """Bring a record to the portal, where it never stands twice.

        `tried_before`: an earlier attempt of this change may have arrived; the portal is then asked first.
        `known`: whether the portal acknowledged this dossier before, None when we cannot tell.
        """
        async with self._attempt(changes=True):
            return await (self.settle(record) if tried_before else self.send_dossier(record, known))

    async def settle(self, record: Record) -> Outcome:
        """Ask whether the portal has the dossier, then insert or update it: the way on after Unclear."""
        there = await self.look_up(str(record["MaHoSo"]))
        return await self.send_dossier(record, isinstance(there, Known))

    async def send_dossier(self, record: Record, known: bool | None) -> Outcome:
        """Insert the record, or update it when `known`; an insert answered as duplicate becomes an update."""
        async with self._attempt(changes=True):
            if not known:
                answer = await self._put(record, is_update=False)
                if answer.is_success:
                    return Outcome.INSERTED
                if not answer.is_duplicate:
                    raise _refusal(answer, [record])
            answer = await self._put(record, is_update=True)
        if not answer.is_success:
            raise _refusal(answer, [record])
        return Outcome.UPDATED

    async def look_up(self, code: str) -> Known | Unknown:
        """Ask whether the portal has the dossier; only its own clear word gives Unknown, all else raises."""
        async with self._attempt(changes=False):
            answer = await self._ask("TraCuuHoSo", mahoso=code)
        if not answer.is_success or answer.result is None:
            raise Temporary(Failure.LOOK_UP_FAILED)
        if not answer.result:
            return Unknown()
        row = next((row for row in answer.result if row.get("MaHoSo") == code), None)
        if row is None:
            raise Temporary(Failure.LOOK_UP_FAILED)
        return Known(_status(row.get("TrangThaiHoSo")))

    async def send_progress(self, items: Sequence[Record]) -> None:
        """Send the items in batches of ten, in order.

        When a batch fails, `accepted` of the error counts the items before it, which need no second sending.
        """
        accepted = 0
        try:
            async with self._attempt(changes=True):
                while batch := list(items[accepted : accepted + PROGRESS_BATCH]):
                    answer = await self._ask("CapNhatTienDoHoSoMC", changes=True, data=batch)
                    if not answer.is_success:
                        raise _refusal(answer, batch)
                    accepted += len(batch)
        except PortalError as error:
            error.accepted = accepted
            raise

    @asynccontextmanager
    async def _attempt(self, *, changes: bool) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._attempt_seconds):
                yield
        except TimeoutError:
            raise _lost(Failure.NO_ANSWER, changes) from None

    async def _put(self, record: Record, *, is_update: bool) -> Answer:
        return await self._ask("DongBoHoSoMC", changes=True, isUpdating=str(is_update), data=[record])

    async def _ask(self, service: str, *, changes: bool = False, **keys: object) -> Answer:
        token = await self._token_other_than(None)
        first = await self._call(token, service, keys, changes)
        if not first.is_token_refused:
            return first
        try:
            token = await self._token_other_than(token)
            second = await self._call(token, service, keys, changes)
        except Temporary as error:
            raise (_lost(error.reason, changes) if first.is_empty else error) from None
        if second.is_token_refused:
            raise _lost(Failure.TOKEN_REFUSED, changes and (first.is_empty or second.is_empty))
        return second

    async def _call(self, token: str, service: str, keys: Mapping[str, object], changes: bool) -> Answer:
        body = {"session": token, "madonvi": self._profile.madonvi, "service": service, **keys}
        return await self._exchange(self._profile.integration_endpoint, body, changes)

    async def _token_other_than(self, refused: str | None) -> str:
        async with self._signing_in:
            if self._token is None or self._token == refused:
                self._token = await self._log_in()
            return self._token

    async def _log_in(self) -> str:
        body = {"username": self._profile.username, "password": self._password}
        answer = await self._exchange(self._profile.auth_endpoint, body, changes=False)
        if not answer.is_success or not answer.session:
            raise Temporary(Failure.LOGIN_REFUSED)
        return answer.session

    async def _exchange(self, endpoint: str, body: Mapping[str, object], changes: bool) -> Answer:
        # Errors are raised `from None`: those of the libraries carry the request and so the token.
        try:
            async with asyncio.timeout(self._exchange_seconds):
                return read_answer(await self._post(endpoint, msgspec.json.encode(body), changes))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            raise Temporary(Failure.UNREACHABLE) from None
        except (httpx2.HTTPError, TimeoutError):
            raise _lost(Failure.NO_ANSWER, changes) from None
        except NotAnAnswer:
            raise _lost(Failure.NOT_AN_ANSWER, changes) from None

    async def _post(self, endpoint: str, content: bytes, changes: bool) -> bytes:
        address = {"dstcode": self._profile.dstcode}
        in_header = self._profile.dstcode_in == "header"
        async with self._http.stream(
            "POST",
            self._profile.adapter_url.rstrip("/") + endpoint,
            content=content,
            headers=address if in_header else None,
            params=None if in_header else address,
        ) as response:
            if not response.is_success:
                raise _lost(Failure.BAD_STATUS, changes)
            answer = bytearray()
            async for chunk in response.aiter_raw():
                answer += chunk
                if len(answer) > ANSWER_LIMIT:
                    raise _lost(Failure.TOO_LARGE, changes)
            return bytes(answer)


def _lost(reason: Failure, changes: bool) -> Temporary:
    return Unclear(reason) if changes else Temporary(reason)


def _refusal(answer: Answer, sent: Sequence[Record]) -> Permanent:
    names = set(_names(sent))
    named = [word for word in re.findall(r"\w+", answer.message) if word in names]
    # MaHoSo mostly says which dossier is meant, Gia is a Vietnamese word too: any other name comes first.
    field = min(named, key=lambda name: name in ("MaHoSo", "Gia"), default=None)
    return Permanent(Failure.REFUSED, field, answer.code, answer.message)


def _names(sent: Iterable[Record]) -> Iterator[str]:
    for record in sent:
        for name, value in record.items():
            yield name
            if isinstance(value, list):
                yield from _names(value)


def _status(value: object) -> int | None:
    text = str(value)
    return int(text) if re.fullmatch(r"[1-9]|10", text) else None
