"""A desk with dossiers in every state: received a week ago and today, from people with names, some of them late."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec

from domain.applicants import Applicant, Paper, Words, applicant, particulars, to_bytes, words_to_bytes
from domain.dossiers import Act as Step
from domain.keeping import Held
from domain.keeping_events import DataRemoved
from domain.letters import Attachment, Letter, LetterKind, Organisation, Signer, Status, Trace
from operations import arrivals, calling, corresponding, endings, intake, processing, supplements, syncing
from operations.endings import Handing, Proof, Taker
from operations.processing import Doing
from store import dossiers, keeping, letters, marks, outbox
from store.writer import Act, Tx
from tests.browser.scenes import CLERKS, Scene

THREE_DAYS, LAND = "1.004873", "1.012783"
PEOPLE = (
    ("NGUYỄN THỊ MẪU", "079201777313"), ("LÊ VĂN THỬ", "079090123456"), ("TRẦN ÁI VÂN", "001190012345"),
    ("NGUYỄN VĂN MẪU", "038201000123"), ("PHẠM THỊ HOA", "079188000777"), ("HUỲNH KIM YẾN", "079175111222"),
    ("ĐỖ QUANG HẢI", "001083222333"), ("NGUYỄN MẪU ĐƠN", "079203999000"),
)  # fmt: skip
PAPERS = (
    Paper("Tờ khai cấp Giấy xác nhận tình trạng hôn nhân", originals=1),
    Paper("Quyết định ly hôn của Tòa án", certified=1, digitised=True),
    Paper("Giấy ủy quyền", originals=1, reused=True),
)
ARRIVED = "000.00.00.G22-261130-000017"


def paperwork(scene: Scene) -> None:
    """One dossier in each state, the first of them with a whole life; eight days after the first came in."""
    scene.sit(1)
    scene.ticket("ho-tich")
    scene.clock.forward(minutes=7)
    scene.call(1)
    scene.clock.forward(minutes=3)
    late, asked, handed, ready, back, parked = (taken(scene, n) for n in range(6))
    scene.clock.forward(minutes=4)
    scene.end(1, calling.finish)
    for code in (asked, ready, back):
        do(
            scene,
            processing.note,
            Step.PROGRESS,
            written(scene, code, "Đã thẩm tra hồ sơ, đủ điều kiện giải quyết."),
        )
    for code in (ready, back):
        do(scene, endings.resolve, doing(scene, code), ("KQ.G15.000038",))
    do(scene, endings.return_result, doing(scene, back), Handing(Taker.OWNER, Proof.CARD, 1))
    ask(scene, asked)
    do(scene, processing.hand_over, doing(scene, handed), "so-tai-chinh")
    told(scene, late, back, ready)
    refuse(scene, parked)
    scene.clock.forward(days=7)
    whole_life(scene, late)
    for n in (6, 7):
        taken(scene, n)
    correspondence(scene, late)
    scene.server.store.write_now(
        Act("portal"), arrivals.take_in,
        arrivals.Arrival(ARRIVED, THREE_DAYS, sealed(scene, 2), scene.clock() - timedelta(minutes=20)),
    )  # fmt: skip


def emptied(scene: Scene) -> None:
    """The same, after the rules have emptied the dossier that was returned."""
    paperwork(scene)
    back = scene.server.store.read(dossiers.newest, 100)[-5]
    for held in (Held.FILES, Held.WORDS, Held.PARTICULARS):
        scene.server.store.write_now(Act("system"), _gone, held, back.seq)


def _gone(tx: Tx, held: Held, number: int) -> None:
    """As in the night ten years later, which no clock of a hall reaches."""
    tx.record(DataRemoved(held.value, 3650, [number], keeping.leave(tx.db, held, [number])))


def whole_life(scene: Scene, code: str) -> None:
    """Overdue by now: worked on, put off, with a request for papers in between."""
    do(scene, processing.hand_over, doing(scene, code), "cong-an-phuong")
    do(scene, processing.take_over, doing(scene, code))
    scene.clock.forward(minutes=35)
    ask(scene, code)
    scene.clock.forward(minutes=50)
    do(scene, supplements.take_supplement, doing(scene, code))
    do(
        scene,
        endings.extend,
        written(scene, code, "Xin lỗi Ông/Bà: phải xác minh ở địa phương."),
        date(2026, 12, 4),
    )


OURS = Organisation("H56.19", "Ủy ban nhân dân phường Bến Lụa")
TAX = Organisation("H56.08", "Sở Tài chính tỉnh Vạn Xuân")


def correspondence(scene: Scene, late: str) -> None:
    """Letters: one of the late dossier was received, one is parked; one has arrived."""
    vault = scene.server.app.state.house.vault
    apology = letter(scene, "12", "Xin lỗi và đề nghị gia hạn hồ sơ", "Mẫu 04 - Phiếu xin lỗi.pdf")
    sent, parked = (
        do(scene, corresponding.queue_letter, corresponding.write_letter(one, kind, vault.seal, code))
        for one, kind, code in (
            (apology, LetterKind.APOLOGY, late),
            (replace(apology, number="13", subject="Lấy ý kiến về hồ sơ"), LetterKind.CONSULTATION, late),
        )
    )
    do(scene, corresponding.acknowledge, sent, "axis-1", found=False)
    for minutes, status in ((2, Status.ARRIVED), (9, Status.ACCEPTED)):
        scene.clock.forward(minutes=minutes)
        do(scene, corresponding.hear_status, apology.document_id, TAX.code, status, f"axis-{status}")
    do(scene, corresponding.park, parked, "Trục báo đơn vị nhận đã khóa.")
    answer = letter(scene, "7816", "V/v trả lời ý kiến", "y-kien.pdf", "xac-minh.docx")
    told_of = vault.seal(msgspec.json.encode(replace(answer, sender=TAX, receivers=(OURS,), notation="STC-QLG")))
    do(scene, corresponding.take_in, corresponding.NewArrival(TAX.code, "axis-9", "d" * 64, told_of, told_of))


def letter(scene: Scene, number: str, subject: str, *files: str) -> Letter:
    """A letter of the centre to the finance department."""
    return Letter(
        sender=OURS, receivers=(TAX,), number=number, notation="PXL-TTPVHCC", subject=subject,
        promulgated=scene.clock().date(), signer=Signer("Lê Thị Mẫu", "Giám đốc"),
        content="Kính gửi quý cơ quan,\nhồ sơ phải xác minh ở địa phương nên chưa trả đúng hẹn.",
        attachments=tuple(Attachment(name, b"%PDF-1.7") for name in files),
        traces=(Trace(OURS.code, scene.clock()),),
    )  # fmt: skip


def newest_letter(scene: Scene) -> str:
    """Where the letter that has arrived stands."""
    return f"/dossiers/letters/{scene.server.store.read(letters.newest, 1)[0].id}"


def owner(n: int) -> Applicant:
    """Somebody with a name, a number, an address."""
    name, identity = PEOPLE[n]
    return applicant(name, identity, "0908000111", "12 Nguyễn Du, Phường Bến Nghé")


def sealed(scene: Scene, n: int) -> bytes:
    """What is written of that one's dossier; every third is handed in by somebody else."""
    told_of = particulars(owner(n), "Để đăng ký kết hôn", PAPERS)
    if n % 3 == 0:
        told_of = replace(told_of, representative=owner((n + 1) % len(PEOPLE)), authorisation="Giấy ủy quyền số 12")
    return scene.server.app.state.house.vault.seal(to_bytes(told_of))


def taken(scene: Scene, n: int) -> str:
    """A dossier received at counter 1 from this one."""
    vault = scene.server.app.state.house.vault
    found = intake.Intake(THREE_DAYS, sealed(scene, n), found_by=marks.of_owner(vault, owner(n)))
    return do(scene, intake.receive_dossier, 1, CLERKS[1], found).code


def doing(scene: Scene, code: str) -> Doing:
    """The clerk of counter 1, without a word."""
    return Doing(code, CLERKS[1])


def written(scene: Scene, code: str, text: str, *papers: str) -> Doing:
    """The same with words."""
    told_of = Words(
        text, "Nghị định 118/2025/NĐ-CP" if papers else "", tuple(Paper(one, originals=1) for one in papers)
    )
    return Doing(code, CLERKS[1], scene.server.app.state.house.vault.seal(words_to_bytes(told_of)))


def ask(scene: Scene, code: str) -> None:
    """Papers are missing."""
    text = "Thiếu quyết định ly hôn có hiệu lực."
    do(scene, supplements.ask_supplement, written(scene, code, text, "Quyết định ly hôn"))


def told(scene: Scene, *codes: str) -> None:
    """The portal has acknowledged all that it was told of these."""
    for code in codes:
        waiting = [one.id for one in scene.server.store.read(outbox.portal_messages_of, code)]
        do(scene, syncing.acknowledge, waiting, "0")


def refuse(scene: Scene, code: str) -> None:
    """The portal has refused this one."""
    message = scene.server.store.read(outbox.portal_messages_of, code)[0].id
    do(scene, syncing.park, [message], "Sai mã thủ tục")


def do(scene: Scene, operation: Any, *args: Any, **more: Any) -> Any:
    """One operation by the clerk of counter 1."""
    return scene.server.store.write_now(Act(CLERKS[1]), operation, *args, **more)


def nth(n: int, rest: str = "") -> Any:
    """The address of the nth dossier that came in."""

    def path(scene: Scene) -> str:
        found = scene.server.store.read(dossiers.newest, 100)
        return f"/dossiers/{found[-1 - n].code}{rest}"

    return path
