"""The client's login: renewed once when it is refused, shared by parallel calls, and shown in no text."""

import asyncio
import json
import logging

import httpx2
import pytest

from portal.client import Failure, Outcome, Temporary, Unclear
from tests.portal.adapters import (
    BAD_GATEWAY,
    DUPLICATE,
    EMPTY,
    EXPIRED,
    HTML,
    OK,
    PASSWORD,
    RECORD,
    REFUSED,
    SECRETS,
    Adapter,
    Reaction,
    answered,
    client_of,
    error_of,
)
from tests.portal.examples import CODE

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("refusal", [EXPIRED, EMPTY])
async def test_refused_token_is_renewed_once_and_the_call_repeated(refusal: Reaction) -> None:
    adapter = Adapter(refusal, OK)
    async with client_of(adapter) as client:
        assert await client.send_dossier(RECORD, None) is Outcome.INSERTED
    assert adapter.calls == ["login", "DongBoHoSoMC False", "login", "DongBoHoSoMC False"]
    assert [json.loads(adapter.requests[i].content)["session"] for i in (1, 3)] == ["token-1", "token-2"]


async def test_empty_answer_after_the_commit_ends_as_one_update() -> None:
    adapter = Adapter(EMPTY, DUPLICATE, OK)
    async with client_of(adapter) as client:
        assert await client.send_dossier(RECORD, None) is Outcome.UPDATED


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ([EXPIRED, EXPIRED], Temporary),
        ([EMPTY, EXPIRED], Unclear),
        ([EXPIRED, EMPTY], Unclear),
        ([EMPTY, EMPTY], Unclear),
        ([EMPTY, httpx2.ConnectError("x")], Unclear),
        ([EXPIRED, httpx2.ConnectError("x")], Temporary),
        ([EXPIRED, httpx2.ReadTimeout("x")], Unclear),
    ],
)
async def test_second_failure_ends_the_attempt(script: list[Reaction], kind: type[Temporary]) -> None:
    adapter = Adapter(*script)
    error = await error_of(adapter, lambda client: client.send_dossier(RECORD, None))
    assert type(error) is kind
    assert adapter.calls.count("login") == 2


async def test_empty_answers_to_a_question_are_never_unknown() -> None:
    error = await error_of(Adapter(EMPTY, EMPTY), lambda client: client.look_up(CODE))
    assert type(error) is Temporary


@pytest.mark.parametrize(
    ("login", "reason"),
    [
        ({"error_code": "-1", "message": PASSWORD}, Failure.LOGIN_REFUSED),
        ({"error_code": "0", "message": ""}, Failure.LOGIN_REFUSED),
        (EMPTY, Failure.LOGIN_REFUSED),
        (HTML, Failure.NOT_AN_ANSWER),
        (httpx2.ReadTimeout("x"), Failure.NO_ANSWER),
    ],
)
async def test_login_that_fails_is_temporary_and_sends_no_dossier(login: Reaction, reason: Failure) -> None:
    adapter = Adapter(logins=[login])
    error = await error_of(adapter, lambda client: client.send_dossier(RECORD, None))
    assert type(error) is Temporary
    assert error.reason is reason
    assert adapter.calls == ["login"]


async def test_parallel_calls_share_one_login_and_one_renewal() -> None:
    logins = 0

    async def adapter(request: httpx2.Request) -> httpx2.Response:
        nonlocal logins
        await asyncio.sleep(0)
        body = json.loads(request.content)
        if "password" in body:
            logins += 1
            return answered({"error_code": 0, "session": f"token-{logins}"})
        return answered(EXPIRED if body["session"] == "token-1" else OK)

    async with client_of(adapter) as client:
        await asyncio.gather(*(client.send_dossier(RECORD, None) for _ in range(8)))
    assert logins == 2


@pytest.mark.parametrize(
    "script",
    [
        [HTML],
        [REFUSED],
        [EXPIRED, EXPIRED],
        [EMPTY, EMPTY],
        [BAD_GATEWAY],
        [httpx2.ReadTimeout("token-1 " + PASSWORD)],
        [httpx2.ConnectError("token-1 038090000001")],
        [{"error_code": "038090000001x", "message": "NGUYỄN"}],
    ],
)
async def test_no_text_and_no_log_holds_a_secret(script: list[Reaction], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    error = await error_of(Adapter(*script), lambda client: client.send_dossier(RECORD, None))
    shown = f"{error} {error!r} {error.args} {logged(error)} {caplog.text}"
    assert not [secret for secret in SECRETS if secret in shown]


def logged(error: Exception) -> str:
    """Give the traceback as a log would show it."""
    record = logging.LogRecord("x", logging.ERROR, "", 0, "", None, (type(error), error, error.__traceback__))
    return logging.Formatter().format(record)


async def test_client_forgets_its_token_when_it_is_closed() -> None:
    adapter = Adapter(OK)
    async with client_of(adapter) as client:
        await client.send_dossier(RECORD, None)
        assert "token-1" in vars(client).values()
    assert "token-1" not in vars(client).values()
    assert not any(secret in repr(client) for secret in SECRETS)
