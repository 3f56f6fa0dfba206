"""What the tests of the client share: an adapter that answers from a script, its answers, and a client of it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from typing import Any

import httpx2
import pytest

from portal.client import PortalClient, PortalError, Profile
from tests.portal.examples import CODE

PASSWORD = "pass-word-of-the-centre"
RECORD: dict[str, object] = {
    "MaHoSo": CODE,
    "MaTTHC": "1.004873",
    "ChuHoSo": "NGUYỄN VĂN A",
    "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "038090000001"}],
    "NgayTiepNhan": "20260713084200",
}
SECRETS = (PASSWORD, "token-1", "token-2", "NGUYỄN", "038090000001")
OK = {"error_code": "0", "message": "Đồng bộ thành công"}
DUPLICATE = {"error_code": "-3", "message": f"Mã hồ sơ {CODE} đã tồn tại"}
EXPIRED = {"error_code": "-5", "message": "Phiên làm việc đã hết hạn"}
REFUSED = {"error_code": "-1", "message": "MaHoSo H56: NgayTiepNhan của NGUYỄN VĂN A 038090000001 sai"}
HERE = {"error_code": "0", "message": "", "result": [{"MaHoSo": CODE, "TrangThaiHoSo": "4"}]}
NOT_HERE = {"error_code": "0", "message": "", "result": []}
EMPTY = b""
HTML = b"<html>038090000001 token-1</html>"
BAD_GATEWAY = httpx2.Response(502, content=b'{"error_code":"0","message":"ok"}')
PROCEDURE = {
    "error_code": "0",
    "message": "",
    "result": [
        {
            "MATTHC": "1.004873",
            "TENTTHC": "Cấp giấy",
            "LINHVUCTHUCHIEN": [{"MALINHVUC": "G15-HT", "TENLINHVUC": "Hộ tịch"}],
        }
    ],
}
Reaction = Mapping[str, object] | bytes | httpx2.Response | Exception
Handler = (
    Callable[[httpx2.Request], httpx2.Response] | Callable[[httpx2.Request], Coroutine[None, None, httpx2.Response]]
)


def answered(content: Mapping[str, object] | bytes) -> httpx2.Response:
    """Give an answer whose body arrives in pieces, as over a wire."""

    async def pieces() -> AsyncIterator[bytes]:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    return httpx2.Response(200, content=pieces())


class Adapter:
    """Answers service calls from a script, logins with token-1, token-2, …; keeps all requests."""

    def __init__(self, *script: Reaction, logins: list[Reaction] | None = None) -> None:
        self.script = list(script)
        self.logins = logins
        self.requests: list[httpx2.Request] = []
        self.tokens = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        reaction = self.script.pop(0) if request.url.path.endswith("/mapi/g") else self.login()
        if isinstance(reaction, Exception):
            raise reaction
        if isinstance(reaction, httpx2.Response):
            return reaction
        return answered(reaction)

    def login(self) -> Reaction:
        if self.logins is not None:
            return self.logins.pop(0)
        self.tokens += 1
        return {"error_code": 0, "message": "", "session": f"token-{self.tokens}"}

    @property
    def calls(self) -> list[str]:
        """Every request as its service with the value that matters, a login as 'login'."""
        return [self._call(json.loads(request.content)) for request in self.requests]

    @staticmethod
    def _call(body: Mapping[str, object]) -> str:
        if "service" not in body:
            return "login"
        return f"{body['service']} {body.get('isUpdating', '')}".strip()


def client_of(adapter: Handler, **change: Any) -> PortalClient:
    settings: dict[str, Any] = {
        "adapter_url": "http://adapter.example/forward",
        "madonvi": "H56.19",
        "username": "H56",
        **change,
    }
    return PortalClient(Profile(**settings), PASSWORD, transport=httpx2.MockTransport(adapter))


async def error_of(adapter: Adapter, act: Callable[[PortalClient], Awaitable[object]]) -> PortalError:
    async with client_of(adapter) as client:
        with pytest.raises(PortalError) as caught:
            await act(client)
    assert adapter.script == []
    return caught.value
