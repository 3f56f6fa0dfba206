"""Fees collected online, over real HTTP between the whole server and the sandbox's payment platform."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.applicants import Applicant, particulars, to_bytes
from domain.centre_outside import Payment
from domain.errors import StoreFull
from domain.fees import Fee, FeeKind, FeeState, NoPlatform, PlatformRefused, PlatformSilent
from operations import intake, managing, paying, shifts
from portal import payments
from portal.client import Temporary
from portal.payment_service import Word
from portal.payments import Collection, NotAConfirmation, NotSealed, init_message, read_confirmation
from portal.sandbox import SandboxThread
from portal.sandbox.faults import FaultName
from portal.sandbox.payments import SECRET
from store import fees, journal
from store.writer import Act
from tests.support.halls import demo_calendar, demo_centre
from tests.support.servers import Server, running

NOON = datetime(2026, 7, 13, 7, 5, 9, tzinfo=UTC)  # 14:05:09 in Vietnam
PAYER = "NGUYỄN THỊ CHIM YẾN"
WHAT = Collection(
    reference="H56.19.7.1", amount=8_000, at=NOON, ip="127.0.0.1", partner="H56", service="", procedure="1.004873",
    title="Cấp giấy", agency="H56.19", agency_name="Trung tâm", dossier="H56.19-260713-0042", bank="970436",
    account="1017595600", holder="KHO BẠC THỬ", payer=PAYER, kind="le-phi", text="8.000 đồng/bản",
)  # fmt: skip


def sealed(word: dict[str, str], secret: str = SECRET) -> bytes:
    """A confirmation as somebody else would seal it."""
    values = "|".join([*word.values(), secret])
    return json.dumps({**word, "MaXacThuc": sha256(values.encode()).hexdigest()}).encode()


def word_for(reference: str, **change: str) -> dict[str, str]:
    return {
        "LoaiBanTin": "CONFIRM", "PhienBan": "1.0.6", "MaDoiTac": "H56", "MaThamChieu": reference,
        "MaGiaoDich": "GD1", "SoTien": "8000", "MaTienTe": "VND", "ThoiGianGD": "20260713140509", "MaLoi": "00",
        **change,
    }  # fmt: skip


def test_the_init_message_is_that_of_the_contract():
    message = init_message(WHAT, "bi-mat")
    assert list(message)[:4] == ["LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu"]
    assert (message["LoaiBanTin"], message["PhienBan"], message["SoTien"]) == ("INIT", "1.0.6", "8000")
    assert message["ThongTinGiaoDich"] == "THANH TOAN HO SO H56.19-260713-0042"
    assert message["ThongTinBienLai"]["MaDVC"] == "1.004873.01"
    leaves = [*list(message.values())[:14], *list(message["ThongTinBienLai"].values())[:11]]
    leaves += ["2", "8.000 đồng/bản", "8000", "8.000 đồng/bản", "8000", PAYER, "bi-mat"]
    assert message["MaXacThuc"] == sha256("|".join(leaves).encode()).hexdigest()


def check_hours(message: dict[str, Any]) -> None:
    assert message["ThoiGianGD"] == "20260713140509", "the afternoon is written as the morning"


def test_the_afternoon_is_written_in_twenty_four_hours():
    check_hours(init_message(WHAT, "x"))


@pytest.mark.planted
def test_a_clock_of_twelve_hours_is_found_by_both_sides(platform):
    old = init_message(WHAT, SECRET) | {"ThoiGianGD": f"{NOON.astimezone(payments.PORTAL_ZONE):%Y%m%d%I%M%S}"}
    old["MaXacThuc"] = payments.seal(old, SECRET)
    with pytest.raises(AssertionError):
        check_hours(old)
    platform.till.now = lambda: NOON
    assert "ThoiGianGD" in httpx2.post(f"{platform.url}/payments/init", json=old).json()["MoTaLoi"]
    assert httpx2.post(f"{platform.url}/payments/init", json=init_message(WHAT, SECRET)).json()["MaLoi"] == "00"


@pytest.mark.parametrize(
    ("field", "value"),
    [("SoTien", "9000"), ("MaXacThuc", "0" * 64), ("NgonNgu", "vi"), ("Ip", ""), ("LoaiBanTin", 1), ("Them", "x")],
)
def test_the_platform_is_strict(platform, field, value):
    platform.till.now = lambda: NOON
    answer = httpx2.post(f"{platform.url}/payments/init", json=init_message(WHAT, SECRET) | {field: value}).json()
    assert answer["MaLoi"] == "91"
    assert PAYER not in answer["MoTaLoi"]


@dataclass
class Place:
    """A server with one dossier and one fee, and the platform it collects by."""

    server: Server
    platform: SandboxThread
    dossier: str
    fee: int

    @property
    def store(self) -> Any:
        return self.server.store

    def state(self) -> FeeState:
        return self.store.read(fees.find, self.fee).state

    def begin(self) -> Any:
        return asyncio.run(self._begin())

    async def _begin(self) -> Any:
        """On this loop: the writer answers there."""
        service = self.server.app.state.payments
        written = service._store.write
        service._store.write = self._write_here
        try:
            return await service.begin(Act("cb01"), self.fee, "127.0.0.1")
        finally:
            service._store.write = written

    async def _write_here(self, act: Act, operation: Any, *args: Any, **kwargs: Any) -> Any:
        return await asyncio.to_thread(self.store.write_now, act, operation, *args, **kwargs)

    def press(self, what: str) -> None:
        reference = next(reversed(self.platform.till.payments))
        assert httpx2.post(f"{self.platform.url}/sandbox/payments/{reference}/{what}").status_code == 200

    def hear(self, body: bytes) -> httpx2.Response:
        return httpx2.post(f"{self.server.url}/portal/payments", content=body)

    def hear_with(self, body: bytes, headers: dict[str, str]) -> httpx2.Response:
        return httpx2.post(f"{self.server.url}/portal/payments", content=body, headers=headers)

    def rows(self, table: str) -> list[Any]:
        return self.store.read(lambda db: db.execute(f"SELECT * FROM {table}").fetchall())


@pytest.fixture(scope="module")
def open_platform(catalogue: Path) -> Iterator[SandboxThread]:
    with SandboxThread(catalogue=catalogue) as sandbox:
        yield sandbox


@pytest.fixture
def platform(open_platform: SandboxThread) -> SandboxThread:
    """Knows no payment and plays no fault."""
    till = open_platform.till
    open_platform.faults.clear()
    till.now = lambda: datetime.now(UTC)
    for kept in (till.payments, till.heard, till.problems, till.held):
        kept.clear()
    return open_platform


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, open_platform: SandboxThread) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("paying")
    secret = folder / "secret"
    secret.write_text(SECRET + "\n", encoding="utf-8")
    with running(folder / "data", payment_secret_file=secret) as server:
        payment = Payment(
            "970436", "1017595600", "KHO BẠC THỬ", gateway_url=f"{open_platform.url}/payments/init", partner="H56"
        )
        centre = replace(demo_centre(), payment=payment)
        server.store.write_now(Act("test"), managing.load_centre, centre, demo_calendar())
        server.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
        yield server


@pytest.fixture
def place(shared: Server, platform: SandboxThread) -> Place:
    owner = Applicant(PAYER, "038190123457", "0912345678", "")
    told = shared.app.state.house.vault.seal(to_bytes(particulars(owner, "", [])))
    act = Act("cb01")
    code = shared.store.write_now(act, intake.receive_dossier, 1, "cb01", intake.Intake("1.004873", told)).code
    fee = shared.store.write_now(act, paying.ask_fee, code, "cb01", Fee(FeeKind.DUTY, "8.000 đồng/bản", 8_000))
    platform.till.callback = f"{shared.url}/portal/payments"
    return Place(shared, platform, code, fee)


def test_a_fee_is_collected_online(place):
    page = place.begin().page
    assert "Trả tiền" in httpx2.get(page).text
    place.press("pay")
    assert (place.state(), place.platform.till.heard) == (FeeState.PAID, [(200, "00")])
    assert place.store.read(fees.paid_online, place.dossier) == fees.PAID_ONLINE


def check_once(place: Place) -> None:
    """However often the platform said it, the fee has one receipt over its own amount."""
    mine = [row for row in place.rows("receipts") if row[2] == place.fee]
    assert len(mine) == 1
    assert mine[0][6] == 8_000
    assert place.state() is FeeState.PAID


def test_a_word_said_twice_counts_once(place):
    place.begin()
    place.platform.faults.set(FaultName.CONFIRM_TWICE)
    place.press("pay")
    assert place.platform.till.heard == [(200, "00"), (200, "00")]
    check_once(place)


@pytest.mark.planted
def test_a_second_receipt_is_found(place):
    place.begin()
    place.press("pay")
    rows = place.rows("receipts")
    place.rows = lambda table: [*rows, rows[-1]]
    with pytest.raises(AssertionError):
        check_once(place)


def test_a_late_word_still_pays_and_an_attempt_is_not_doubled(place):
    first = place.begin()
    assert place.begin() == first
    place.platform.faults.set(FaultName.CONFIRM_LATE)
    place.press("pay")
    assert place.state() is FeeState.PENDING
    httpx2.post(f"{place.platform.url}/sandbox/payments/late")
    check_once(place)


def test_a_strangers_word_changes_nothing(place):
    place.begin()
    place.platform.faults.set(FaultName.CONFIRM_WRONG_SEAL)
    place.press("pay")
    assert (place.state(), place.platform.till.heard) == (FeeState.PENDING, [(403, "02")])


def test_another_amount_waits_for_a_person(place):
    place.begin()
    place.platform.faults.set(FaultName.CONFIRM_OTHER_AMOUNT)
    place.press("pay")
    assert (place.state(), place.platform.till.heard) == (FeeState.PENDING, [(200, "00")])
    assert place.store.read(fees.troubled)[-1].amount == 9_000


@pytest.mark.parametrize("fails", [True, False])
def test_who_does_not_pay_owes_as_before(place, fails):
    place.begin()
    if fails:
        place.platform.faults.set(FaultName.PAYMENT_FAILS)
    place.press("pay" if fails else "leave")
    assert (place.state(), place.platform.till.heard) == (FeeState.UNPAID, [(200, "00")])


@pytest.mark.parametrize(
    ("fault", "error", "state"),
    [
        (FaultName.PAYMENT_REFUSED, PlatformRefused, FeeState.UNPAID),
        (FaultName.BAD_GATEWAY, PlatformSilent, FeeState.PENDING),
        (FaultName.NOT_JSON, PlatformSilent, FeeState.PENDING),
    ],
)
def test_a_platform_in_trouble_leaves_the_fee_owed(place, fault, error, state):
    place.platform.faults.set(fault, service="INIT")
    with pytest.raises(error) as caught:
        place.begin()
    assert PAYER not in str(caught.value)
    assert place.state() is state
    place.begin()
    place.press("pay")
    check_once(place)


def test_a_dead_platform_is_temporary_and_without_secret_there_is_none(place):
    service = place.server.app.state.payments
    kept, service._secret_file = service._secret_file, None
    with pytest.raises(NoPlatform):
        place.begin()
    assert place.hear(sealed(word_for("x"))).status_code == 403
    service._secret_file = kept
    with pytest.raises(Temporary):
        asyncio.run(_dead())


async def _dead() -> None:
    from portal.payment_client import PaymentClient

    async with PaymentClient("http://127.0.0.1:9/") as client:
        await client.begin(init_message(WHAT, "x"))


def test_a_repeated_number_with_other_content_is_refused(place):
    place.begin()
    reference = next(reversed(place.platform.till.payments))
    number = f"GD-{place.fee}"
    assert place.hear(sealed(word_for(reference, MaGiaoDich=number))).json()["MaLoi"] == "00"
    assert place.hear(sealed(word_for(reference, MaGiaoDich=number, SoTien="1"))).status_code == 409
    check_once(place)


def test_the_journal_names_nobody_who_pays(place):
    place.begin()
    place.press("pay")
    rows = place.store.read(lambda db: [recorded.event for recorded in journal.read(db)])
    assert PAYER not in repr(rows)
    assert PAYER not in repr(place.platform.till.payments)


scraps = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
names = st.sampled_from(list(payments.Confirmation.__struct_fields__))
changes = st.dictionaries(names, scraps | st.text("0123456789|-Đ\x00", max_size=30), min_size=1, max_size=3)


@given(st.binary(max_size=300) | scraps.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_read_or_refused_by_type(raw):
    with pytest.raises((NotAConfirmation, NotSealed)):
        read_confirmation(raw, "H56", SECRET)


@given(changes, st.booleans())
def test_a_changed_word_is_refused_whoever_seals_it(change, resealed):
    word: dict[str, Any] = {**json.loads(sealed(word_for("H56.19.7.1"))), **change}
    if resealed and all(isinstance(value, str) for value in word.values()):
        word.pop("MaXacThuc")
        word = json.loads(sealed(word))
    try:
        said = read_confirmation(json.dumps(word).encode(), "H56", SECRET)
    except (NotAConfirmation, NotSealed):
        return
    assert resealed or not change.keys() - {"MaXacThuc"} or word == json.loads(sealed(word_for("H56.19.7.1")))
    assert said.SoTien.isascii()
    assert "|" not in "".join(said.__getattribute__(name) for name in said.__struct_fields__)


unsealed = changes.map(lambda change: json.dumps({**word_for("x"), **change}).encode())
resealed = changes.map(lambda change: sealed({k: str(v) for k, v in {**word_for("x"), **change}.items()}))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | unsealed | resealed)
def test_no_word_over_http_breaks_anything_or_is_half_stored(place, raw):
    events = place.store.read(journal.head)[0]
    answer = place.hear(raw)
    assert answer.status_code in {word.value[0] for word in Word} - {503}
    added = place.store.read(lambda db: [recorded.event for recorded in journal.read(db, events)])
    assert [type(event).__name__ for event in added] in ([], ["PaymentConfirmed"])
    assert place.state() is FeeState.UNPAID


def test_twenty_at_once_pay_once(place):
    place.begin()
    body = sealed(word_for(next(reversed(place.platform.till.payments)), MaGiaoDich=f"GD-{place.fee}"))

    async def all_at_once() -> list[int]:
        async with httpx2.AsyncClient() as http:
            address = f"{place.server.url}/portal/payments"
            answers = await asyncio.gather(*(http.post(address, content=body) for _ in range(20)))
        return [answer.status_code for answer in answers]

    assert asyncio.run(all_at_once()) == [200] * 20
    check_once(place)


def test_a_store_that_cannot_write_now_asks_for_the_word_again(place, monkeypatch):
    place.begin()
    body = sealed(word_for(next(reversed(place.platform.till.payments)), MaGiaoDich=f"GD-{place.fee}"))

    async def full(*_: Any) -> Any:
        raise StoreFull()

    with monkeypatch.context() as patched:
        patched.setattr(place.server.app.state.payments._store, "write", full)
        assert (place.hear(body).status_code, place.state()) == (503, FeeState.PENDING)
    assert place.hear(body).status_code == 200
    check_once(place)


def test_only_this_door_is_open_to_a_program_without_a_credential(place):
    assert place.hear(b"{}").json()["MaLoi"] == "01"
    assert place.hear_with(b"{}", {"Origin": "http://evil.example"}).status_code == 403
    assert place.hear_with(b"{}", {"Cookie": "x=1"}).status_code == 403
    for path in ("/portal/payments/x", "/sign-in", "/portal"):
        assert httpx2.post(f"{place.server.url}{path}", content=b"").status_code == 403


def test_a_word_of_any_length_has_its_limit(place):
    assert place.hear(b"x" * 9000).status_code == 413
