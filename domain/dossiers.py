"""The life of a dossier: its ten statuses, what may be done with it and what follows (portal.md 5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from domain.errors import Invalid, Refused, msgid


class Status(IntEnum):
    """The portal's TrangThaiHoSo. What happened is always told as it was."""

    NEW = 1
    RECEIVED = 2
    REFUSED = 3
    UNDER_WAY = 4
    SUPPLEMENT = 5
    PAYMENT = 6
    WITHDRAWN = 7
    STOPPED = 8
    DONE = 9
    RETURNED = 10


STATUS_NAMES = {
    Status.NEW: msgid("Mới đăng ký"),
    Status.RECEIVED: msgid("Được tiếp nhận"),
    Status.REFUSED: msgid("Không được tiếp nhận"),
    Status.UNDER_WAY: msgid("Đang xử lý"),
    Status.SUPPLEMENT: msgid("Yêu cầu bổ sung giấy tờ"),
    Status.PAYMENT: msgid("Yêu cầu thực hiện nghĩa vụ tài chính"),
    Status.WITHDRAWN: msgid("Công dân yêu cầu rút hồ sơ"),
    Status.STOPPED: msgid("Dừng xử lý"),
    Status.DONE: msgid("Đã xử lý xong"),
    Status.RETURNED: msgid("Đã trả kết quả"),
}
FINAL = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.RETURNED})
# Nobody works on these: what they wait for is not in our hands, or they are over.
AT_REST = frozenset({Status.SUPPLEMENT, Status.PAYMENT, Status.STOPPED, Status.DONE}) | FINAL
Transition = tuple[Status, Status]
TRANSITIONS: frozenset[Transition] = frozenset(
    (Status(before), Status(after))
    for before, nexts in {
        1: (2, 3), 2: (4, 5, 6, 7, 9), 4: (5, 6, 7, 8, 9), 5: (2, 4, 7, 8), 6: (4, 8), 8: (4, 9), 9: (10,),
    }.items()
    for after in nexts
)  # fmt: skip


class Act(StrEnum):
    """What can be done with a dossier after it came in."""

    ACCEPT = "accepted"
    REFUSE = "refused"
    HAND_OVER = "handed-over"
    TAKE_OVER = "taken-over"
    PROGRESS = "progressed"
    ASK_SUPPLEMENT = "supplement-asked"
    TAKE_SUPPLEMENT = "supplement-taken"
    ASK_PAYMENT = "payment-asked"
    NOTE_PAYMENT = "payment-noted"
    EXTEND = "extended"
    WITHDRAW = "withdrawn"
    STOP = "stopped"
    RESUME = "resumed"
    RESOLVE = "resolved"
    RETURN = "returned"
    CORRECT = "corrected"


ACT_NAMES = {
    Act.ACCEPT: msgid("Tiếp nhận hồ sơ trực tuyến"),
    Act.REFUSE: msgid("Từ chối tiếp nhận"),
    Act.HAND_OVER: msgid("Chuyển hồ sơ"),
    Act.TAKE_OVER: msgid("Nhận bàn giao"),
    Act.PROGRESS: msgid("Ghi tiến độ"),
    Act.ASK_SUPPLEMENT: msgid("Yêu cầu bổ sung"),
    Act.TAKE_SUPPLEMENT: msgid("Nhận bổ sung"),
    Act.ASK_PAYMENT: msgid("Yêu cầu nộp tiền"),
    Act.NOTE_PAYMENT: msgid("Đã nộp tiền"),
    Act.EXTEND: msgid("Xin lỗi và gia hạn"),
    Act.WITHDRAW: msgid("Công dân rút hồ sơ"),
    Act.STOP: msgid("Dừng giải quyết"),
    Act.RESUME: msgid("Giải quyết tiếp"),
    Act.RESOLVE: msgid("Có kết quả"),
    Act.RETURN: msgid("Trả kết quả"),
    Act.CORRECT: msgid("Sửa thông tin"),
}
_WORKED_ON = frozenset({Status.RECEIVED, Status.UNDER_WAY})
_OPEN = frozenset(Status) - FINAL


@dataclass(frozen=True, slots=True)
class Rule:
    """From where an act is at home, where it leads (None: the status stays), whether it wants words, its form."""

    within: frozenset[Status]
    after: Status | None
    words: bool = False
    form: str = ""


RULES = {
    Act.ACCEPT: Rule(frozenset({Status.NEW}), Status.RECEIVED, form="01"),
    Act.REFUSE: Rule(frozenset({Status.NEW}), Status.REFUSED, words=True, form="03"),
    Act.HAND_OVER: Rule(_WORKED_ON | {Status.DONE}, None, form="06"),
    Act.TAKE_OVER: Rule(_WORKED_ON | {Status.DONE}, None, form="06"),
    Act.PROGRESS: Rule(_WORKED_ON, Status.UNDER_WAY, words=True),
    Act.ASK_SUPPLEMENT: Rule(_WORKED_ON | {Status.NEW}, Status.SUPPLEMENT, words=True, form="02"),
    Act.TAKE_SUPPLEMENT: Rule(frozenset({Status.SUPPLEMENT}), Status.UNDER_WAY),
    Act.ASK_PAYMENT: Rule(_WORKED_ON, Status.PAYMENT, words=True),
    Act.NOTE_PAYMENT: Rule(frozenset({Status.PAYMENT}), Status.UNDER_WAY),
    Act.EXTEND: Rule(_WORKED_ON | {Status.PAYMENT}, None, words=True, form="04"),
    Act.WITHDRAW: Rule(_WORKED_ON | {Status.SUPPLEMENT}, Status.WITHDRAWN, words=True, form="05"),
    Act.STOP: Rule(_WORKED_ON | {Status.SUPPLEMENT, Status.PAYMENT}, Status.STOPPED, words=True, form="05"),
    Act.RESUME: Rule(frozenset({Status.STOPPED}), Status.UNDER_WAY, words=True),
    Act.RESOLVE: Rule(_WORKED_ON | {Status.STOPPED}, Status.DONE),
    Act.RETURN: Rule(frozenset({Status.DONE}), Status.RETURNED),
    Act.CORRECT: Rule(_OPEN, None, words=True),
}


class ActNotNow(Refused):
    """The dossier stands elsewhere: a colleague was quicker, or a supervisor must decide."""

    text = msgid(
        "Hồ sơ đang ở bước khác nên việc này chưa làm được. Mời xem lại hồ sơ; nếu cần, người giám sát làm và ghi "
        "lý do."
    )


class ReasonMissing(Invalid):
    text = msgid("Việc này cần ghi rõ nội dung hoặc lý do.")


def target(act: Act, before: Status, *, restart: bool = False) -> Status:
    """Where the act leads from here. `restart`: a supplement goes back to the first step (one-stop.md 3.5)."""
    if act is Act.TAKE_OVER and before is Status.RECEIVED:
        return Status.UNDER_WAY
    if act is Act.TAKE_SUPPLEMENT and restart:
        return Status.RECEIVED
    return RULES[act].after or before


def is_open_to(
    act: Act, before: Status, transitions: frozenset[Transition] = TRANSITIONS, *, restart: bool = False,
    at_once: bool = False,
) -> bool:  # fmt: skip
    """Whether the table lets this act happen here. `at_once`: certification and same-day work go from 2 to 9."""
    after = target(act, before, restart=restart)
    if before not in RULES[act].within:
        return False
    if (before, after) == (Status.RECEIVED, Status.DONE) and not at_once:
        return False
    return before == after or (before, after) in transitions


def acts_for(status: Status, transitions: frozenset[Transition] = TRANSITIONS, *, at_once: bool) -> tuple[Act, ...]:
    """What may be done with a dossier that stands here, in the order of its life."""
    return tuple(
        act for act in Act
        if is_open_to(act, status, transitions, at_once=at_once)
        or is_open_to(act, status, transitions, at_once=at_once, restart=True)
    )  # fmt: skip


def read_transitions(pairs: Iterable[str]) -> frozenset[Transition]:
    """The centre's own table, each pair written '2-4'. Raises ValueError."""
    found = set()
    for pair in pairs:
        before, _, after = pair.partition("-")
        found.add((Status(int(before)), Status(int(after))))
    return frozenset(found)


class Standing(StrEnum):
    """What somebody who asks after a dossier can do next."""

    UNDER_WAY = "under-way"
    READY = "ready"
    PAPERS = "papers"
    PAYMENT = "payment"
    COLLECTED = "collected"
    CLOSED = "closed"


_STANDINGS = {
    Status.NEW: Standing.UNDER_WAY,
    Status.RECEIVED: Standing.UNDER_WAY,
    Status.UNDER_WAY: Standing.UNDER_WAY,
    Status.SUPPLEMENT: Standing.PAPERS,
    Status.PAYMENT: Standing.PAYMENT,
    Status.DONE: Standing.READY,
    Status.RETURNED: Standing.COLLECTED,
}
OPEN_STATUSES = tuple(int(one) for one, stands in _STANDINGS.items() if stands is not Standing.COLLECTED)
TAIL = 4


def standing(status: int) -> Standing:
    """The standing of a status 1..10; not accepted, withdrawn and stopped are closed."""
    return _STANDINGS.get(Status(status), Standing.CLOSED)


def tail(code: str) -> str:
    """'…0042': enough for its owner, nothing for who stands behind."""
    return f"…{code[-TAIL:]}"


class RevealReason(StrEnum):
    """Why somebody needs a whole identity number: picked, never typed, for it stands in the journal."""

    COMPARE = "compare"
    CORRECT = "correct"
    RETURN = "return"
    COMPLAINT = "complaint"
    PORTAL = "portal"


REVEAL_REASONS = {
    RevealReason.COMPARE: msgid("đối chiếu với thẻ của người dân"),
    RevealReason.CORRECT: msgid("sửa thông tin hồ sơ"),
    RevealReason.RETURN: msgid("kiểm tra khi trả kết quả"),
    RevealReason.COMPLAINT: msgid("giải quyết khiếu nại"),
    RevealReason.PORTAL: msgid("xử lý hồ sơ Cổng không nhận"),
}
