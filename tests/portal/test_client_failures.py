"""What the client says of a lost, late or broken answer and of a refusal: temporary, unclear or permanent."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from portal.client import ANSWER_LIMIT, Failure, Permanent, PortalClient, PortalError, Profile, Temporary, Unclear
from portal.messages import Record
from tests.portal.adapters import (
    BAD_GATEWAY,
    DUPLICATE,
    HTML,
    OK,
    PASSWORD,
    RECORD,
    REFUSED,
    Adapter,
    Reaction,
    answered,
    error_of,
)
from tests.portal.examples import CODE

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (httpx2.ReadTimeout("token-1"), Failure.NO_ANSWER),
        (httpx2.WriteTimeout("token-1"), Failure.NO_ANSWER),
        (httpx2.ReadError("token-1"), Failure.NO_ANSWER),
        (httpx2.RemoteProtocolError("token-1"), Failure.NO_ANSWER),
        (BAD_GATEWAY, Failure.BAD_STATUS),
        (httpx2.Response(302, headers={"location": "http://elsewhere.example/"}), Failure.BAD_STATUS),
        (HTML, Failure.NOT_AN_ANSWER),
        ({"message": "ok"}, Failure.NOT_AN_ANSWER),
        (b" " * (ANSWER_LIMIT + 1), Failure.TOO_LARGE),
    ],
)
async def test_lost_answer_is_unclear_after_a_change_and_temporary_after_a_question(
    fault: Reaction, reason: Failure
) -> None:
    changed = await error_of(Adapter(fault), lambda client: client.send_dossier(RECORD, None))
    stepped = await error_of(Adapter(fault), lambda client: client.send_progress([RECORD]))
    asked = await error_of(Adapter(fault), lambda client: client.look_up(CODE))
    assert [type(error) for error in (changed, stepped, asked)] == [Unclear, Unclear, Temporary]
    assert {error.reason for error in (changed, stepped, asked) if isinstance(error, Temporary)} == {reason}


@pytest.mark.parametrize("fault", [httpx2.ConnectError("x"), httpx2.ConnectTimeout("x"), httpx2.PoolTimeout("x")])
async def test_call_that_never_left_is_not_unclear(fault: Exception) -> None:
    error = await error_of(Adapter(fault), lambda client: client.send_dossier(RECORD, None))
    assert type(error) is Temporary
    assert error.reason is Failure.UNREACHABLE


async def test_redirect_is_not_followed_with_the_token() -> None:
    adapter = Adapter(httpx2.Response(307, headers={"location": "http://elsewhere.example/mapi/g"}))
    await error_of(adapter, lambda client: client.look_up(CODE))
    assert {request.url.host for request in adapter.requests} == {"adapter.example"}


@pytest.mark.parametrize("limits", [{"connect_seconds": 0.02, "read_seconds": 0.03}, {"attempt_seconds": 0.05}])
async def test_answer_that_never_ends_meets_the_time_limit(limits: dict[str, Any]) -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0)

    async def adapter(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/mapi/g"):
            return httpx2.Response(200, content=drip())
        return answered({"error_code": 0, "session": "token-1"})

    profile = Profile(adapter_url="http://adapter.example", madonvi="H56.19", username="H56")
    transport = httpx2.MockTransport(adapter)
    async with PortalClient(profile, PASSWORD, transport=transport, **limits) as client:
        with pytest.raises(Unclear) as changed:
            await client.deliver(RECORD, tried_before=False)
        with pytest.raises(Unclear) as stepped:
            await client.send_progress([RECORD])
        with pytest.raises(Temporary) as asked:
            await client.look_up(CODE)
    assert not isinstance(asked.value, Unclear)
    assert {error.value.reason for error in (changed, stepped, asked)} == {Failure.NO_ANSWER}


async def test_refusal_is_permanent_and_names_the_field() -> None:
    error = await error_of(Adapter(REFUSED), lambda client: client.send_dossier(RECORD, None))
    assert isinstance(error, Permanent)
    assert (error.field, error.code, error.said) == ("NgayTiepNhan", -1, REFUSED["message"])
    assert str(error) == f"NgayTiepNhan: {Failure.REFUSED}"


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("Lỗi hệ thống", None),
        ("MaHoSo quá dài", "MaHoSo"),
        ("data[0].DinhDanhCHS[0].SoDinhDanh", "DinhDanhCHS"),
    ],
)
async def test_field_is_named_only_when_the_portal_named_it(message: str, field: str | None) -> None:
    answer = {"error_code": "-1", "message": message}
    error = await error_of(Adapter(DUPLICATE, answer), lambda client: client.send_dossier(RECORD, None))
    assert isinstance(error, Permanent)
    assert error.field == field


@pytest.mark.parametrize("code", ["1", "-1"])
async def test_other_code_that_says_exists_is_no_duplicate(code: str) -> None:
    error = await error_of(
        Adapter({"error_code": code, "message": "đã tồn tại"}),
        lambda client: client.send_dossier(RECORD, None),
    )
    assert isinstance(error, Permanent)


@pytest.mark.parametrize(
    "answer",
    [
        {"error_code": "-1", "message": "", "result": []},
        {"error_code": "0", "message": ""},
        {"error_code": "0", "result": None},
        {"error_code": "0", "result": ["?"]},
        {"error_code": "0", "result": [{"MaHoSo": "another"}]},
    ],
)
async def test_failed_look_up_is_never_unknown(answer: Reaction) -> None:
    error = await error_of(Adapter(answer), lambda client: client.look_up(CODE))
    assert type(error) is Temporary
    assert error.reason is Failure.LOOK_UP_FAILED


@pytest.mark.parametrize(("fault", "kind"), [(REFUSED, Permanent), (HTML, Unclear)])
async def test_failed_batch_tells_how_many_items_were_accepted(fault: Reaction, kind: type[PortalError]) -> None:
    items: list[Record] = [{"MaHoSo": CODE, "NoiDungXuLy": str(n)} for n in range(23)]
    error = await error_of(Adapter(OK, OK, fault), lambda client: client.send_progress(items))
    assert type(error) is kind
    assert error.accepted == 20


async def test_catalogue_that_cannot_be_asked_is_temporary() -> None:
    error = await error_of(Adapter(BAD_GATEWAY), lambda client: client.procedure("1.004873"))
    assert type(error) is Temporary
