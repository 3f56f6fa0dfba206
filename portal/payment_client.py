"""Posts INIT messages to the payment platform. Logs nothing and keeps nothing."""

import asyncio
import re
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx2
import msgspec

from portal.client import Failure, Temporary, Unclear
from portal.messages import Record
from portal.payments import SUCCESS, PaymentRefused

ANSWER_LIMIT = 64 * 1024
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "Content-Type": "application/json"}


class _Started(msgspec.Struct, frozen=True):
    MaLoi: str
    MaThamChieu: str = ""
    UrlThanhToan: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """The platform collects; the page on which the citizen pays, empty where it names none."""

    page: str


class PaymentClient:
    """An async context manager. Every call raises Temporary, Unclear or PaymentRefused."""

    def __init__(
        self,
        url: str,
        *,
        connect_seconds: float = 5,
        read_seconds: float = 20,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._url, self._seconds = url, connect_seconds + read_seconds
        self._http = httpx2.AsyncClient(
            headers=HEADERS, timeout=httpx2.Timeout(read_seconds, connect=connect_seconds), transport=transport,
            follow_redirects=False, trust_env=False,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def begin(self, message: Record) -> Started:
        """Have a fee collected. The same reference may be sent again: the platform collects it once."""
        try:
            async with asyncio.timeout(self._seconds):
                raw = await self._post(msgspec.json.encode(message))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            raise Temporary(Failure.UNREACHABLE) from None
        except (httpx2.HTTPError, TimeoutError):
            raise Unclear(Failure.NO_ANSWER) from None
        return _started(raw, str(message["MaThamChieu"]))

    async def _post(self, content: bytes) -> bytes:
        async with self._http.stream("POST", self._url, content=content) as response:
            if not response.is_success:
                raise Unclear(Failure.BAD_STATUS)
            answer = bytearray()
            async for chunk in response.aiter_raw():
                answer += chunk
                if len(answer) > ANSWER_LIMIT:
                    raise Unclear(Failure.TOO_LARGE)
            return bytes(answer)


def _started(raw: bytes, reference: str) -> Started:
    try:
        said = msgspec.json.decode(raw, type=_Started)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise Unclear(Failure.NOT_AN_ANSWER) from None
    if said.MaLoi != SUCCESS:
        raise PaymentRefused(said.MaLoi[:20])
    if said.MaThamChieu != reference:
        raise Unclear(Failure.NOT_AN_ANSWER)
    page = said.UrlThanhToan if re.match(r"https?://[^\s/@]+/\S*\Z", said.UrlThanhToan[:500]) else ""
    return Started(page)
