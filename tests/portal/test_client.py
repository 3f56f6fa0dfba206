"""The client against a scripted adapter and the sandbox: every fault of the contract, no secret in a text."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from portal.client import (
    Failure,
    Known,
    Outcome,
    Permanent,
    PortalClient,
    PortalError,
    Profile,
    Temporary,
    Unclear,
    Unknown,
)
from portal.messages import CatalogueEntry, DossierFacts, Record, Step, dossier_record, progress_items
from portal.sandbox import SandboxThread

pytestmark = pytest.mark.anyio

CODE = "H56.19-260713-0042"
PASSWORD = "pass-word-of-the-centre"
RECORD = {
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

Reaction = dict[str, object] | bytes | httpx2.Response | Exception


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def answered(content: dict[str, object] | bytes) -> httpx2.Response:
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
    def _call(body: dict[str, object]) -> str:
        if "service" not in body:
            return "login"
        return f"{body['service']} {body.get('isUpdating', '')}".strip()


def client_of(adapter: Callable[[httpx2.Request], httpx2.Response], **change: object) -> PortalClient:
    settings = {
        "adapter_url": "http://adapter.example/forward",
        "madonvi": "H56.19",
        "username": "H56",
        **change,
    }
    return PortalClient(Profile(**settings), PASSWORD, transport=httpx2.MockTransport(adapter))


async def error_of(adapter: Adapter, act: Callable[[PortalClient], object]) -> PortalError:
    async with client_of(adapter) as client:
        with pytest.raises(PortalError) as caught:
            await act(client)
    assert adapter.script == []
    return caught.value


async def test_first_call_logs_in_and_the_token_serves_all_later_ones() -> None:
    adapter = Adapter(OK, HERE)
    async with client_of(adapter) as client:
        assert await client.send_dossier(RECORD, None) is Outcome.INSERTED
        assert await client.look_up(CODE) == Known(4)
    assert adapter.calls == ["login", "DongBoHoSoMC False", "TraCuuHoSo"]
    login, insert, look_up = (json.loads(request.content) for request in adapter.requests)
    assert login == {"username": "H56", "password": PASSWORD}
    assert insert == {
        "session": "token-1",
        "madonvi": "H56.19",
        "service": "DongBoHoSoMC",
        "isUpdating": "False",
        "data": [RECORD],
    }
    assert look_up == {"session": "token-1", "madonvi": "H56.19", "service": "TraCuuHoSo", "mahoso": CODE}


@pytest.mark.parametrize("place", ["header", "query"])
async def test_address_of_the_portal_stands_where_the_profile_says(place: str) -> None:
    adapter = Adapter(HERE)
    async with client_of(adapter, dstcode_in=place, dstcode="VN:GOV:x") as client:
        await client.look_up(CODE)
    for request in adapter.requests:
        assert request.headers.get("dstcode") == ("VN:GOV:x" if place == "header" else None)
        assert request.url.params.get("dstcode") == ("VN:GOV:x" if place == "query" else None)
        assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
        assert (request.headers["accept"], request.headers["charset"]) == ("application/json", "utf-8")
        assert "authorization" not in request.headers
    assert [r.url.path for r in adapter.requests] == ["/forward/mapi/login", "/forward/mapi/g"]


@pytest.mark.parametrize(
    "change",
    [
        {"adapter_url": "ftp://adapter.example"},
        {"adapter_url": "adapter.example/forward"},
        {"adapter_url": "http://user:word@adapter.example"},
        {"dstcode_in": "body"},
    ],
)
def test_profile_that_cannot_be_called_is_refused(change: dict) -> None:
    with pytest.raises(ValueError, match=r"adapter_url|dstcode_in"):
        Profile(**{"adapter_url": "http://adapter.example", "madonvi": "H56", "username": "H56", **change})


@pytest.mark.parametrize(
    ("known", "script", "outcome", "calls"),
    [
        (None, [OK], Outcome.INSERTED, ["DongBoHoSoMC False"]),
        (False, [OK], Outcome.INSERTED, ["DongBoHoSoMC False"]),
        (True, [OK], Outcome.UPDATED, ["DongBoHoSoMC True"]),
        (None, [DUPLICATE, OK], Outcome.UPDATED, ["DongBoHoSoMC False", "DongBoHoSoMC True"]),
    ],
)
async def test_insert_update_and_duplicate(
    known: bool | None, script: list[Reaction], outcome: Outcome, calls: list[str]
) -> None:
    adapter = Adapter(*script)
    async with client_of(adapter) as client:
        assert await client.send_dossier(RECORD, known) is outcome
    assert adapter.calls == ["login", *calls]
    assert all(json.loads(request.content)["data"] == [RECORD] for request in adapter.requests[1:])


@pytest.mark.parametrize("told", [0, "0", "00"])
async def test_all_ways_to_say_success(told: object) -> None:
    adapter = Adapter({"error_code": told, "message": ""}, logins=[{"error_code": told, "session": "token-1"}])
    async with client_of(adapter) as client:
        assert await client.send_dossier(RECORD, False) is Outcome.INSERTED


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
        (b" " * (2 * 1024 * 1024 + 1), Failure.TOO_LARGE),
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
async def test_answer_that_never_ends_meets_the_time_limit(limits: dict[str, float]) -> None:
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
    ("answer", "there"),
    [
        (HERE, Known(4)),
        (NOT_HERE, Unknown()),
        ({"error_code": 0, "result": [{"MaHoSo": CODE, "TrangThaiHoSo": "99"}]}, Known(None)),
        ({"error_code": 0, "result": [{"MaHoSo": CODE, "TrangThaiHoSo": 10}]}, Known(10)),
    ],
)
async def test_look_up_knows_or_knows_not(answer: Reaction, there: Known | Unknown) -> None:
    async with client_of(Adapter(answer)) as client:
        assert await client.look_up(CODE) == there


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


@pytest.mark.parametrize(
    ("script", "outcome", "calls"),
    [
        ([HERE, OK], Outcome.UPDATED, ["TraCuuHoSo", "DongBoHoSoMC True"]),
        ([NOT_HERE, OK], Outcome.INSERTED, ["TraCuuHoSo", "DongBoHoSoMC False"]),
        (
            [NOT_HERE, DUPLICATE, OK],
            Outcome.UPDATED,
            ["TraCuuHoSo", "DongBoHoSoMC False", "DongBoHoSoMC True"],
        ),
    ],
)
async def test_after_a_lost_answer_the_portal_is_asked_first(
    script: list[Reaction], outcome: Outcome, calls: list[str]
) -> None:
    adapter = Adapter(*script)
    async with client_of(adapter) as client:
        assert await client.deliver(RECORD, tried_before=True) is outcome
    assert adapter.calls == ["login", *calls]


async def test_failed_question_sends_nothing() -> None:
    adapter = Adapter(HTML)
    await error_of(adapter, lambda client: client.deliver(RECORD, tried_before=True))
    assert adapter.calls == ["login", "TraCuuHoSo"]


async def test_first_attempt_asks_nothing() -> None:
    adapter = Adapter(OK, OK)
    async with client_of(adapter) as client:
        await client.deliver(RECORD, tried_before=False)
        await client.deliver(RECORD, tried_before=False, known=True)
    assert adapter.calls == ["login", "DongBoHoSoMC False", "DongBoHoSoMC True"]


async def test_progress_goes_in_tens_and_in_order() -> None:
    items = [{"MaHoSo": CODE, "NoiDungXuLy": str(n)} for n in range(23)]
    adapter = Adapter(OK, OK, OK)
    async with client_of(adapter) as client:
        await client.send_progress(items)
    sent = [json.loads(request.content)["data"] for request in adapter.requests[1:]]
    assert [len(batch) for batch in sent] == [10, 10, 3]
    assert [item for batch in sent for item in batch] == items


async def test_no_steps_no_call() -> None:
    adapter = Adapter()
    async with client_of(adapter) as client:
        await client.send_progress([])
    assert adapter.calls == []


@pytest.mark.parametrize(("fault", "kind"), [(REFUSED, Permanent), (HTML, Unclear)])
async def test_failed_batch_tells_how_many_items_were_accepted(fault: Reaction, kind: type[PortalError]) -> None:
    items = [{"MaHoSo": CODE, "NoiDungXuLy": str(n)} for n in range(23)]
    error = await error_of(Adapter(OK, OK, fault), lambda client: client.send_progress(items))
    assert type(error) is kind
    assert error.accepted == 20


async def test_catalogue_is_asked_once_for_half_a_day() -> None:
    now = 0.0
    adapter = Adapter(PROCEDURE, PROCEDURE)
    profile = Profile(adapter_url="http://adapter.example", madonvi="H56", username="H56")
    transport = httpx2.MockTransport(adapter)
    async with PortalClient(profile, PASSWORD, transport=transport, timer=lambda: now) as client:
        entry = await client.procedure("1.004873")
        now = 12 * 3600
        assert await client.procedure("1.004873") == entry
        assert adapter.calls == ["login", "LayThuTuc"]
        now += 1
        assert await client.procedure("1.004873") == entry
    assert adapter.calls == ["login", "LayThuTuc", "LayThuTuc"]
    assert (entry.title, entry.sector_code, entry.sector_name) == ("Cấp giấy", "G15-HT", "Hộ tịch")
    assert json.loads(adapter.requests[1].content)["maTTHC"] == "1.004873"


async def test_unknown_procedure_is_for_a_person_and_asked_again_next_time() -> None:
    adapter = Adapter(NOT_HERE, PROCEDURE)
    async with client_of(adapter) as client:
        with pytest.raises(Permanent) as caught:
            await client.procedure("1.004873")
        assert caught.value.field == "MaTTHC"
        assert (await client.procedure("1.004873")).title == "Cấp giấy"


async def test_catalogue_that_cannot_be_asked_is_temporary() -> None:
    error = await error_of(Adapter(BAD_GATEWAY), lambda client: client.procedure("1.004873"))
    assert type(error) is Temporary


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


SEED = {
    "code": "1.004873",
    "title": "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân",
    "sector": "Hộ tịch",
    "levels": ["Cấp xã"],
    "channels": [{"channel": "direct", "limit": 3, "unit": "working_day"}],
}
RECEIVED_AT = datetime(2026, 7, 13, 1, 42, tzinfo=UTC)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxThread]:
    catalogue = tmp_path / "catalogue.jsonl"
    catalogue.write_text(json.dumps(SEED), encoding="utf-8")
    with SandboxThread(catalogue=catalogue) as sandbox:
        yield sandbox


def client_to(sandbox: SandboxThread, kind: type[PortalClient] = PortalClient) -> PortalClient:
    username, password = next(iter(sandbox.accounts.items()))
    adapter_url = f"{sandbox.url}/XrdAdapter/RestService/forward"
    profile = Profile(adapter_url=adapter_url, madonvi="H56.19", username=username)
    return kind(profile, password, read_seconds=0.4)


def record_of(entry: CatalogueEntry, *, status: int = 2) -> Record:
    facts = DossierFacts(
        code=CODE,
        procedure_code=entry.code,
        channel=1,
        owner_kind=1,
        owner_name="NGUYỄN VĂN A",
        identity_kind=1,
        identity_number="038090000001",
        email="",
        phone="0912345678",
        summary="Xác nhận tình trạng hôn nhân",
        submitted_at=RECEIVED_AT,
        received_at=RECEIVED_AT,
        due_at=RECEIVED_AT + timedelta(days=3),
        status=status,
        delivery=0,
        unit_name="UBND phường Hạc Thành",
        digitised=False,
        vneid_verified=False,
        online_payment=0,
        note="",
        finished_at=None,
        returned_at=None,
        return_note="",
        refused_at=None,
        documents=(),
        fees=(),
    )
    return dossier_record(facts, entry)


def steps(count: int) -> list[Record]:
    times = [RECEIVED_AT + timedelta(minutes=n) for n in range(count)]
    return progress_items(
        Step(CODE, f"s{n}", "Cán bộ 1", "", at, "Tư pháp", f"Bước {n}", 4 if n else 2, None, None)
        for n, at in enumerate(times)
    )


async def persist(client: PortalClient, record: Record) -> Outcome:
    """Deliver as the worker does: again after Temporary, with the question first after Unclear."""
    tried_before = False
    for _ in range(6):
        try:
            return await client.deliver(record, tried_before)
        except Temporary as error:
            tried_before = tried_before or isinstance(error, Unclear)
    raise AssertionError("six attempts were not enough")


async def test_life_of_a_dossier_at_the_sandbox(sandbox: SandboxThread) -> None:
    async with client_to(sandbox) as client:
        entry = await client.procedure("1.004873")
        received, examined = record_of(entry), record_of(entry, status=4)
        assert await client.look_up(CODE) == Unknown()
        assert await client.deliver(received, tried_before=False) is Outcome.INSERTED
        assert await client.deliver(examined, tried_before=False, known=True) is Outcome.UPDATED
        await client.send_progress(steps(12))
        assert await client.look_up(CODE) == Known(4)
    dossier = sandbox.state.dossiers[CODE]
    assert (dossier.record, dossier.version_count, list(dossier.steps)) == (examined, 2, steps(12))
    counts = sandbox.state.counts
    assert (counts.rejected, counts.warnings, counts.logins, counts.overlapping) == (0, 0, 1, 0)


@pytest.mark.fault
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    "fault",
    [
        "timeout_after_commit",
        "drop_after_commit",
        "bad_gateway",
        "not_json",
        "empty_answer",
        "expired_token",
        "duplicate_as_3",
    ],
)
async def test_dossier_stands_once_at_the_sandbox_after_any_fault(
    sandbox: SandboxThread, fault: str, times: int
) -> None:
    await expect_one_dossier(sandbox, PortalClient, fault, times)


@pytest.mark.planted
@pytest.mark.parametrize("fault", ["timeout_after_commit", "drop_after_commit"])
async def test_client_that_only_inserts_is_caught(sandbox: SandboxThread, fault: str) -> None:
    class OnlyInserts(PortalClient):
        async def deliver(self, record: Record, tried_before: bool, known: bool | None = None) -> Outcome:
            answer = await self._put(record, is_update=False)
            return Outcome.INSERTED if answer.is_success else Outcome.UPDATED

    with pytest.raises(AssertionError):
        await expect_one_dossier(sandbox, OnlyInserts, fault, 1)


async def expect_one_dossier(sandbox: SandboxThread, kind: type[PortalClient], fault: str, times: int) -> None:
    async with client_to(sandbox, kind) as client:
        entry = await client.procedure("1.004873")
        sandbox.faults.set(fault, times)
        await persist(client, record_of(entry))
        await persist(client, record_of(entry, status=4))
    assert list(sandbox.state.dossiers) == [CODE]
    assert sandbox.state.dossiers[CODE].record == record_of(entry, status=4)
    assert (sandbox.state.counts.inserts, sandbox.state.counts.rejected) == (1, 0)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "times"), [("timeout_after_commit", 1), ("drop_after_commit", 1), ("empty_answer", 2)]
)
async def test_steps_sent_again_after_a_lost_answer_stand_once(
    sandbox: SandboxThread, fault: str, times: int
) -> None:
    async with client_to(sandbox) as client:
        await client.deliver(record_of(await client.procedure("1.004873")), tried_before=False)
        sandbox.faults.set(fault, times, service="CapNhatTienDoHoSoMC")
        with pytest.raises(Unclear):
            await client.send_progress(steps(3))
        await client.send_progress(steps(3))
    assert list(sandbox.state.dossiers[CODE].steps) == steps(3)


@pytest.mark.parametrize("style", ["int", "0", "00"])
async def test_sandbox_may_write_success_as_it_likes(sandbox: SandboxThread, style: str) -> None:
    sandbox.faults.code_style = style
    async with client_to(sandbox) as client:
        record = record_of(await client.procedure("1.004873"))
        assert await client.deliver(record, tried_before=False) is Outcome.INSERTED
        assert await client.deliver(record, tried_before=False) is Outcome.UPDATED


@pytest.mark.fault
async def test_refusal_of_the_sandbox_names_the_field_and_leaves_others_alone(sandbox: SandboxThread) -> None:
    async with client_to(sandbox) as client:
        record = record_of(await client.procedure("1.004873"))
        sandbox.faults.set("refuse_field", field="TrichYeuHoSo", pattern=CODE)
        with pytest.raises(Permanent) as caught:
            await client.deliver(record, tried_before=False)
        assert await client.deliver({**record, "MaHoSo": "H56.19-260713-0043"}, False) is Outcome.INSERTED
    assert caught.value.field == "TrichYeuHoSo"


async def test_sandbox_refuses_what_it_does_not_know(sandbox: SandboxThread) -> None:
    async with client_to(sandbox) as client:
        with pytest.raises(Permanent, match="MaTTHC"):
            await client.procedure("9.999999")
        with pytest.raises(Permanent):
            await client.send_progress(steps(1))
        with pytest.raises(Permanent):
            await client.send_dossier(record_of(await client.procedure("1.004873")), True)
    assert sandbox.state.dossiers == {}


async def test_wrong_password_is_temporary_and_a_dead_adapter_too(sandbox: SandboxThread) -> None:
    profile = Profile(adapter_url=f"{sandbox.url}/VXPAdapter/RestService/forward", madonvi="H56", username="H56")
    async with PortalClient(profile, "wrong") as client:
        with pytest.raises(Temporary, match=str(Failure.LOGIN_REFUSED)):
            await client.look_up(CODE)
    sandbox.__exit__(None, None, None)
    async with client_to(sandbox) as client:
        with pytest.raises(Temporary, match=str(Failure.UNREACHABLE)):
            await client.look_up(CODE)


@pytest.mark.fault
async def test_wire_log_holds_no_secret(sandbox: SandboxThread, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with client_to(sandbox) as client:
        record = record_of(await client.procedure("1.004873"))
        sandbox.faults.set("drop_after_commit", 1)
        await persist(client, record)
        secrets = [*sandbox.accounts.values(), client._token or "?", "NGUYỄN", "038090000001", "0912345678"]
    assert caplog.text
    assert not [secret for secret in secrets if secret in caplog.text]
