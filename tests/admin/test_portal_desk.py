"""The portal on the desk: stopped and resumed, what was refused in words, both books' differences and remedies."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.differences import Difference
from domain.events import PersonAdded
from operations import cataloguing, intake, reconciling, shifts, syncing
from store import catalogue_drafts, differences, outbox, people, portal_gates, procedures
from store.writer import Act
from tests.support.halls import HandClock
from tests.support.servers import Server, running

SUPERVISOR, MANAGER, CLERK = "ql01", "ql02", "cb01"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("desk")
    with running(folder / "data", now=HandClock()) as server:
        server.store.write_now(Act(CLERK), shifts.open_shift, 1, CLERK)
        yield server


def received(centre: Server, *, known: bool = True) -> str:
    taken = intake.Intake("1.004873", b"sealed")
    code = centre.store.write_now(Act(CLERK), intake.receive_dossier, 1, CLERK, taken).code
    if known:
        ids = [message.id for message in centre.store.read(outbox.portal_messages_of, code)]
        centre.store.write_now(Act("portal"), syncing.acknowledge, ids, "inserted")
    return code


def press(centre: Server, person: str, path: str, **form: str) -> int:
    return centre.client(person).post(path, data=form).status_code


def desk(centre: Server, person: str = MANAGER) -> str:
    page = centre.client(person).get("/admin/desk")
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.text)


def test_it_is_stopped_with_a_reason_seen_by_all_and_resumed(centre):
    assert press(centre, MANAGER, "/admin/portal/stops", reason="") == 422
    assert press(centre, CLERK, "/admin/portal/stops", reason="x") == 403
    assert press(centre, MANAGER, "/admin/portal/stops", reason="Cổng bảo trì") == 303
    assert centre.store.read(portal_gates.stop).person == MANAGER
    for person in (MANAGER, CLERK):
        assert "Cổng bảo trì" in desk(centre, person)
    assert "Đang tạm dừng gửi lên Cổng" in centre.client(MANAGER).get("/admin").text
    assert "Gửi tiếp" not in desk(centre, CLERK)
    assert press(centre, MANAGER, "/admin/portal/stops", reason="x") == 409
    assert press(centre, MANAGER, "/admin/portal/resumptions") == 303
    assert centre.store.read(portal_gates.stop) is None


def test_what_the_portal_refused_says_which_field_in_words(centre):
    code = received(centre, known=False)
    first = centre.store.read(outbox.portal_messages_of, code)[0]
    reason = "Giá trị không có trong danh mục của Cổng. [MaTTHC]"
    centre.store.write_now(Act("portal"), syncing.park, [first.id], reason)
    text = desk(centre)
    assert "Giá trị không có trong danh mục của Cổng." in text
    assert "Chỗ cần sửa: mã thủ tục (MaTTHC)." in text
    assert f"/dossiers/{code}" in text
    english = centre.client(MANAGER)
    english.cookies.set("motcua-language", "en")
    assert "To correct: code of the procedure (MaTTHC)." in english.get("/admin/desk").text


def test_a_difference_is_mended_by_one_press(centre):
    code = received(centre)
    centre.store.write_now(Act("portal"), reconciling.note_difference, code, Difference.MISSING_THERE, 2)
    assert "Cổng không có hồ sơ này" in desk(centre)
    assert press(centre, CLERK, f"/admin/portal/dossiers/{code}/retellings", steps="1") == 303
    kinds = [m.kind for m in centre.store.read(outbox.portal_messages_of, code) if m.state == "queued"]
    assert kinds == ["again", "progress"]
    assert "đã gửi lại, chờ đối soát" in desk(centre)
    assert press(centre, CLERK, f"/admin/portal/dossiers/{code}/retellings", steps="1") == 409


def test_a_difference_is_explained_by_a_reason_that_is_picked(centre):
    code = received(centre)
    centre.store.write_now(Act("portal"), reconciling.note_difference, code, Difference.UNCLEAR, 2)
    path = f"/admin/portal/dossiers/{code}/explanations"
    assert press(centre, CLERK, path, reason="vì tôi muốn thế") == 422
    assert press(centre, CLERK, path, reason="reported") == 303
    assert centre.store.read(differences.find, code).state == differences.EXPLAINED
    assert code not in [one.dossier for one in centre.store.read(differences.standing)]


def test_without_a_portal_nothing_can_be_compared_or_fetched(centre):
    assert press(centre, MANAGER, "/admin/portal/reconciliations") == 409
    assert press(centre, MANAGER, "/admin/catalogue/runs") == 409


def _add_stranger(tx):
    people.keep_person(tx.db, "other", "other", "Người phòng khác")
    tx.record(PersonAdded("other", ["manager"], "cong-an-tinh", None))


def test_one_agencys_manager_stops_nothing_for_all(centre):
    centre.store.write_now(Act("test"), _add_stranger)
    assert press(centre, "other", "/admin/portal/stops", reason="x") == 403
    assert press(centre, "other", "/admin/portal/reconciliations") == 403
    assert centre.client("other").get("/admin/catalogue").status_code == 403
    code = received(centre)
    assert press(centre, "other", f"/admin/portal/dossiers/{code}/retellings") == 404


def test_the_catalogue_is_read_and_half_of_it_taken(centre):
    ours = centre.store.read(procedures.everything)
    do = centre.store.write_now
    run = do(Act("portal"), cataloguing.start_run, [one.code for one in ours[2:]])
    do(Act("portal"), cataloguing.end_run, run)
    page = centre.client(MANAGER).get("/admin/catalogue").text
    assert "không còn trên Cổng" in page
    assert ours[0].code in page
    form = {"run": str(run), "code": ours[0].code}
    assert press(centre, MANAGER, "/admin/catalogue/decisions", **form) == 422
    assert press(centre, MANAGER, "/admin/catalogue/decisions", **form, decision="take") == 303
    assert centre.store.read(procedures.find, ours[0].code) is None
    assert centre.store.read(procedures.find, ours[1].code) is not None
    assert (
        press(centre, MANAGER, "/admin/catalogue/decisions", run="999", code=ours[1].code, decision="take") == 409
    )
    assert centre.store.read(catalogue_drafts.newest).number == run
