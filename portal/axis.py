"""Speaks to the national document exchange axis by the REST form of a province's service platform (portal.md 13).

It knows nothing of our rows or of waits between attempts, and logs nothing. Where the form is silent: every list
is asked by days (`fromDate`, `toDate`, yyyy/MM/dd, both included), a row of the sent list names the `documentId`.
"""

import asyncio
import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import TracebackType
from typing import Any, Literal, Self

import httpx2
import msgspec

from domain.errors import msgid

LIST_LIMIT = 4 * 1024 * 1024
DOCUMENT_LIMIT = 32 * 1024 * 1024  # a document of 20 MiB as base64 in JSON
MOST_ROWS = 10_000
OURS = re.compile(r"[A-Za-z0-9_.:-]{1,100}")  # a number of the axis stands in the journal: nothing else may
WRONG_KEY = "15"
RETRIED_STATUSES = (408, 429)
MessageType = Literal["edoc", "status"]
Mark = Literal["processing", "done", "fail"]


class Failure(StrEnum):
    """Why a call did not succeed, as a msgid."""

    UNREACHABLE = msgid("Không kết nối được với Trục liên thông văn bản.")
    NO_ANSWER = msgid("Không nhận được trả lời của Trục liên thông văn bản.")
    BAD_STATUS = msgid("Trục liên thông văn bản báo lỗi.")
    NOT_AN_ANSWER = msgid("Không đọc được trả lời của Trục liên thông văn bản.")
    TOO_LARGE = msgid("Trả lời của Trục liên thông văn bản quá lớn.")
    LOOK_UP_FAILED = msgid("Không biết văn bản đã đến Trục chưa. Hãy hỏi nơi nhận trước khi gửi lại.")
    REFUSED = msgid("Trục liên thông văn bản không nhận văn bản.")
    WRONG_KEY = msgid("Trục không nhận mã hệ thống hoặc khóa. Hãy kiểm tra cấu hình rồi gửi lại.")
    WRONG_FILE = msgid("Trục báo tệp văn bản không hợp lệ.")
    NO_RECEIVER = msgid("Trục báo đơn vị nhận không tồn tại. Hãy kiểm tra mã đơn vị.")
    NO_SENDER = msgid("Trục báo đơn vị gửi chưa đăng ký. Hãy kiểm tra cấu hình.")
    WRONG_FORM = msgid("Trục báo văn bản không đúng chuẩn edXML.")
    RECEIVER_LOCKED = msgid("Trục báo đơn vị nhận đã khóa.")


REFUSALS: Mapping[str, Failure] = {
    "10": Failure.WRONG_FILE,
    WRONG_KEY: Failure.WRONG_KEY,
    "18": Failure.NO_RECEIVER,
    "19": Failure.NO_SENDER,
    "21": Failure.WRONG_FILE,
    "22": Failure.WRONG_FORM,
    "23": Failure.RECEIVER_LOCKED,
}


class AxisError(Exception):
    """A call did not succeed; `reason` is a text of ours, never one of theirs."""

    def __init__(self, reason: Failure) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Temporary(AxisError):
    """Try again later; nothing was changed at the axis."""


class Unclear(Temporary):
    """The axis may have taken what was sent: try again later, with `tried_before`."""


class Permanent(AxisError):
    """The axis refused: a person must mend the cause."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Address and names of one platform; raises ValueError for an address that cannot be called."""

    address: str
    system_id: str
    received_list: str = "getReceivedEdocList"  # one platform says syncReceivedEdocList

    def __post_init__(self) -> None:
        url = httpx2.URL(self.address)
        if url.scheme not in ("http", "https") or not url.host or url.userinfo:
            raise ValueError("address must be an http(s) address without a user name")


@dataclass(frozen=True, slots=True)
class Delivery:
    """The axis has the document under this number; `found`: it had come with an earlier attempt."""

    axis_id: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: the axis's number of a document, and who sent it by the axis's own word."""

    axis_id: str
    sender: str
    document: str
    status: str


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency that can be written to: its code and the one of the other generation, which may be empty."""

    code: str
    former_code: str
    name: str


class AxisClient:
    """The axis as the worker sees it; an async context manager.

    Every call raises Temporary, Unclear (a Temporary) or Permanent, and ends within `attempt_seconds`.
    """

    def __init__(
        self,
        profile: Profile,
        secret: str,
        *,
        connect_seconds: float = 5,
        read_seconds: float = 60,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._profile, self.attempt_seconds = profile, connect_seconds + read_seconds
        self._http = httpx2.AsyncClient(
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "identity",  # an unpacked answer could outgrow its limit
                "X-SystemId": profile.system_id,
                "X-SecretKey": secret,
            },
            timeout=httpx2.Timeout(read_seconds, connect=connect_seconds, pool=connect_seconds),
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=10),
            transport=transport,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def send(self, document: str, raw: bytes, since: date, until: date, *, tried_before: bool) -> Delivery:
        """Bring a document to the axis, where it never stands twice.

        `tried_before`: an earlier attempt may have arrived; what was sent since then is then looked through first.
        """
        if tried_before and (known := await self.look_up(document, since, until)):
            return Delivery(known.axis_id, found=True)
        return Delivery(await self._post("edoc", raw))

    async def tell(self, raw: bytes) -> str:
        """Bring a status message to the axis; gives its number. Told twice it says the same."""
        return await self._post("status", raw)

    async def look_up(self, document: str, since: date, until: date) -> Row | None:
        """The document in the list of what we sent; None only where a list that can be read does not have it."""
        rows = await self._list("getSentEdocList", "edoc", since, until)
        if any(not row.document for row in rows):
            raise Temporary(Failure.LOOK_UP_FAILED)
        return next((row for row in rows if row.document == document), None)

    async def received(self, kind: MessageType, since: date, until: date) -> list[Row]:
        """What waits for us."""
        return await self._list(self._profile.received_list, kind, since, until)

    async def fetch(self, axis_id: str) -> bytes:
        """The bytes of one document, as they came: nobody has looked at them."""
        answer = await self._call("GET", "getEdoc", params={"docId": axis_id}, limit=DOCUMENT_LIMIT)
        text = _data(answer).get("edxml")
        if not isinstance(text, str):
            raise Temporary(Failure.NOT_AN_ANSWER)
        if text.lstrip("\ufeff \t\r\n").startswith("<"):
            return text.encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return text.encode("utf-8", "surrogatepass")  # whoever reads it refuses it with a reason

    async def mark(self, axis_id: str, mark: Mark) -> None:
        """Tell the axis that we have the document, or that it cannot be read; saying it twice does no harm."""
        await self._call("POST", "updateStatus", json={"docId": axis_id, "status": mark})

    async def agencies(self) -> list[Agency]:
        """Who can be written to, with the codes of both generations."""
        rows = _rows(await self._call("GET", "getAgenciesList"))
        return [
            Agency(_word(row, "code", "orgCode"), _word(row, "code102"), _word(row, "name", "orgName"))
            for row in rows
        ]

    async def _post(self, kind: MessageType, raw: bytes) -> str:
        files = {"edocFile": ("document.edxml", raw, "application/xml")}
        answer = await self._call("POST", "sendEdoc", changes=True, data={"messageType": kind}, files=files)
        return _number(answer.get("docId") or _data(answer).get("docId"), changes=True)

    async def _list(self, name: str, kind: MessageType, since: date, until: date) -> list[Row]:
        days = {"fromDate": f"{since:%Y/%m/%d}", "toDate": f"{until:%Y/%m/%d}"}
        rows = _rows(await self._call("GET", name, params={"messageType": kind, **days}))
        return [
            Row(_number(row.get("docId")), _word(row, "from"), _word(row, "documentId"), _word(row, "status"))
            for row in rows
        ]

    async def _call(
        self, method: str, name: str, *, changes: bool = False, limit: int = LIST_LIMIT, **what: Any
    ) -> dict[str, Any]:
        # Errors are raised `from None`: those of the libraries carry the request and so the secret.
        try:
            async with asyncio.timeout(self.attempt_seconds):
                status, body = await self._exchange(method, name, limit, changes, what)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            raise Temporary(Failure.UNREACHABLE) from None
        except (httpx2.HTTPError, TimeoutError):
            raise _lost(Failure.NO_ANSWER, changes) from None
        if status in (401, 403):
            raise Permanent(Failure.WRONG_KEY)
        if 400 <= status < 500 and status not in RETRIED_STATUSES:
            raise _refusal(body) or Permanent(Failure.REFUSED)
        if status >= 300:
            raise _lost(Failure.BAD_STATUS, changes)
        return _answer(body, changes)

    async def _exchange(
        self, method: str, name: str, limit: int, changes: bool, what: dict[str, Any]
    ) -> tuple[int, bytes]:
        url = f"{self._profile.address.rstrip('/')}/v1/{name}"
        async with self._http.stream(method, url, **what) as answer:
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > limit:
                    raise _lost(Failure.TOO_LARGE, changes)
            return answer.status_code, bytes(body)


def _lost(reason: Failure, changes: bool) -> Temporary:
    return Unclear(reason) if changes else Temporary(reason)


def _answer(body: bytes, changes: bool) -> dict[str, Any]:
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise _lost(Failure.NOT_AN_ANSWER, changes) from None
    if isinstance(answer, list):
        return {"data": answer}
    if not isinstance(answer, dict):
        raise _lost(Failure.NOT_AN_ANSWER, changes)
    if _is_good(answer):
        return answer
    raise _refusal(body) or _lost(Failure.BAD_STATUS, changes)


def _is_good(answer: dict[str, Any]) -> bool:
    """Words of both forms: `success` of the platforms, `status` OK of the axis's own library."""
    code = _code(answer)
    said = answer.get("success")
    if said is None:
        said = answer.get("status") in ("OK", None)
    return said is True and code in ("", "0", "200")


def _code(answer: dict[str, Any]) -> str:
    for place in (_data(answer), answer):
        for name in ("errorCode", "ErrorCode", "code"):
            if isinstance(place.get(name), str | int):
                return str(place[name])
    return ""


def _refusal(body: bytes) -> AxisError | None:
    """What a code of the axis means; None where it says nothing that could be relied upon."""
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    reason = REFUSALS.get(_code(answer)) if isinstance(answer, dict) else None
    return Permanent(reason) if reason else None


def _data(answer: dict[str, Any]) -> dict[str, Any]:
    data = answer.get("data")
    return data if isinstance(data, dict) else {}


def _rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    rows = answer.get("data")
    if not isinstance(rows, list) or len(rows) > MOST_ROWS or not all(isinstance(row, dict) for row in rows):
        raise Temporary(Failure.NOT_AN_ANSWER)
    return rows


def _number(value: object, *, changes: bool = False) -> str:
    if not isinstance(value, str) or not OURS.fullmatch(value):
        raise _lost(Failure.NOT_AN_ANSWER, changes)
    return value


def _word(row: dict[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := row.get(name), str)), "")
