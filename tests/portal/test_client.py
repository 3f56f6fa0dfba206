"""What the client sends, in which order it asks, and what it makes of a good answer."""

import json
from typing import Any

import httpx2
import pytest

from portal.client import Known, Outcome, Permanent, PortalClient, Profile, Unknown
from portal.messages import Record
from tests.portal.adapters import (
    DUPLICATE,
    HERE,
    HTML,
    NOT_HERE,
    OK,
    PASSWORD,
    PROCEDURE,
    RECORD,
    Adapter,
    Reaction,
    client_of,
    error_of,
)
from tests.portal.examples import CODE

pytestmark = pytest.mark.anyio


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
def test_profile_that_cannot_be_called_is_refused(change: dict[str, Any]) -> None:
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
    items: list[Record] = [{"MaHoSo": CODE, "NoiDungXuLy": str(n)} for n in range(23)]
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
