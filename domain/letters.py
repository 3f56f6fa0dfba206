"""Letters between agencies: what one says, how it stands, and when it is tried again.

The words are those of QCVN 102:2016/BTTTT and QĐ 28/2018/QĐ-TTg; how they look as edXML is known to `portal` only.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.centre_codes import NEW_AGENCY, OLD_AGENCY
from domain.errors import Refused, msgid
from domain.identities import is_somebodys

# Both generations of agency codes, and an old form of three parts that is still met (`28.22.H17`).
AGENCY = re.compile(rf"{NEW_AGENCY}|{OLD_AGENCY}|\d{{2}}\.\d{{2}}\.[A-Z]\d{{2}}")
NUMBER = re.compile(r"[\w.-]{1,40}")
NOTATION = re.compile(r"[\w./-]{1,80}")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
FILE_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f/\\:\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]{1,150}")
LONGEST_LINE, LONGEST_TEXT = 500, 10_000
MOST_RECEIVERS, MOST_FILES = 50, 20
LARGEST_FILES = 12 * 1024 * 1024  # as base64 still less than the 20 MiB that we would take in ourselves

WAITS = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 240, 480))
GIVEN_UP_AFTER = timedelta(hours=24)


class LetterWrong(Refused):
    """A letter that cannot be sent as it is written."""

    text = msgid("Văn bản chưa gửi được: mục %(what)s chưa đúng. Mời sửa rồi gửi lại.")


class LetterExists(Refused):
    text = msgid("Văn bản %(document)s đã được gửi rồi. Mời xem lại danh sách văn bản.")


class AnswerNotNow(Refused):
    text = msgid("Văn bản này đã được trả lời khác đi. Hãy tải lại trang rồi chọn lại.")


class AnswerWordsMissing(Refused):
    text = msgid("Từ chối văn bản thì phải ghi rõ lý do để nơi gửi biết.")


class LetterKind(StrEnum):
    """Why a letter leaves the centre."""

    APOLOGY = "apology"
    EXTENSION = "extension"
    HAND_OVER = "hand-over"
    CONSULTATION = "consultation"


KIND_NAMES: Mapping[LetterKind, str] = {
    LetterKind.APOLOGY: msgid("Thư xin lỗi"),
    LetterKind.EXTENSION: msgid("Đề nghị gia hạn"),
    LetterKind.HAND_OVER: msgid("Chuyển hồ sơ"),
    LetterKind.CONSULTATION: msgid("Lấy ý kiến"),
}


class LetterState(StrEnum):
    """How a letter stands. Ours go from queued to processed or returned; another's has arrived."""

    QUEUED = "queued"
    PARKED = "parked"
    SENT = "sent"
    RECEIVED = "received"
    PROCESSED = "processed"
    RETURNED = "returned"
    ARRIVED = "arrived"


STATE_NAMES: Mapping[LetterState, str] = {
    LetterState.QUEUED: msgid("chờ gửi"),
    LetterState.PARKED: msgid("cần người xử lý"),
    LetterState.SENT: msgid("đã gửi"),
    LetterState.RECEIVED: msgid("bên nhận đã nhận"),
    LetterState.PROCESSED: msgid("bên nhận đã xử lý xong"),
    LetterState.RETURNED: msgid("bị trả lại"),
    LetterState.ARRIVED: msgid("văn bản đến"),
}


class Status(StrEnum):
    """The status codes of QĐ 28/2018/QĐ-TTg."""

    ARRIVED = "01"
    REFUSED = "02"
    ACCEPTED = "03"
    ASSIGNED = "04"
    PROCESSING = "05"
    COMPLETED = "06"
    RECALL_ASKED = "13"
    RECALL_AGREED = "15"
    RECALL_REFUSED = "16"


STATUS_NAMES: Mapping[Status, str] = {
    Status.ARRIVED: msgid("đã đến"),
    Status.REFUSED: msgid("từ chối"),
    Status.ACCEPTED: msgid("tiếp nhận"),
    Status.ASSIGNED: msgid("phân công"),
    Status.PROCESSING: msgid("đang xử lý"),
    Status.COMPLETED: msgid("hoàn thành"),
    Status.RECALL_ASKED: msgid("yêu cầu lấy lại"),
    Status.RECALL_AGREED: msgid("đồng ý cập nhật hoặc lấy lại"),
    Status.RECALL_REFUSED: msgid("từ chối cập nhật hoặc lấy lại"),
}
# What a receiver may say next, after what it said last (QĐ 28/2018/QĐ-TTg names the codes; the order is inferred).
ANSWERS: Mapping[Status, tuple[Status, ...]] = {
    Status.ARRIVED: (Status.ACCEPTED, Status.REFUSED),
    Status.ACCEPTED: (Status.ASSIGNED, Status.PROCESSING, Status.COMPLETED),
    Status.ASSIGNED: (Status.PROCESSING, Status.COMPLETED),
    Status.PROCESSING: (Status.COMPLETED,),
}
BACK = frozenset({Status.REFUSED, Status.RECALL_AGREED})
DONE = frozenset({Status.COMPLETED})
THERE = frozenset({Status.ARRIVED, Status.ACCEPTED, Status.ASSIGNED, Status.PROCESSING}) | DONE


@dataclass(frozen=True, slots=True)
class Organisation:
    """An agency as a letter names it."""

    code: str
    name: str
    in_charge: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed the paper, and with which competence ("TL. GIÁM ĐỐC")."""

    full_name: str
    position: str = ""
    competence: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who at the sending agency can be asked."""

    department: str = ""
    name: str = ""
    mobile: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Business:
    """What the receiver is to do: `kind` 0 new, 1 revoke, 2 update, 3 replace; `paper`: a sheet follows by post."""

    kind: int = 0
    reason: str = ""
    paper: bool = False
    staff: Staff | None = None


@dataclass(frozen=True, slots=True)
class ResponseFor:
    """The document that a letter or a status answers."""

    organ: str
    document: str
    code: str = ""
    promulgated: str = ""


@dataclass(frozen=True, slots=True)
class OtherInfo:
    """What else the norm has a place for."""

    priority: int = 0
    sphere: str = ""
    typist: str = ""
    copies: int = 1
    pages: int = 1
    is_direction: bool = False
    appendixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """An agency that the letter came by, and when (aware, UTC)."""

    organ: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a letter; its name is for people to read and never a path."""

    name: str
    content: bytes = field(repr=False)
    media_type: str = "application/pdf"
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter. `document` is empty in a letter of our own: its DocumentId follows from the rest."""

    sender: Organisation
    receivers: tuple[Organisation, ...]
    number: str
    notation: str
    promulgated: date | None
    subject: str
    document: str = ""
    place: str = ""
    type: int = 1
    type_detail: int = 0
    type_name: str = "Công văn"
    content: str = ""
    signer: Signer | None = None
    due: date | None = None
    to_places: tuple[str, ...] = ()
    other: OtherInfo = OtherInfo()
    steering: int = 0
    responses: tuple[ResponseFor, ...] = ()
    business: Business = Business()
    traces: tuple[Trace, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def document_id(self) -> str:
        """'OrganId,yyyy/MM/dd,Số/Ký hiệu' (QCVN 102:2016/BTTTT)."""
        day = f"{self.promulgated:%Y/%m/%d}" if self.promulgated else ""
        return self.document or f"{self.sender.code},{day},{self.number}/{self.notation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMessage:
    """How a document stands at one of its receivers, the `sender` of this message; `at` is aware, UTC."""

    sender: Organisation
    answers: ResponseFor
    status: Status
    at: datetime | None
    description: str = ""
    staff: Staff | None = None


def check_letter(letter: Letter) -> None:
    """Raises LetterWrong, naming the element of the norm that is not right."""
    codes = [letter.sender.code, *(each.code for each in letter.receivers)]
    rules = (
        ("OrganId", all(AGENCY.fullmatch(code) for code in codes)),
        ("To", 1 <= len(letter.receivers) <= MOST_RECEIVERS and len(set(codes)) == len(codes)),
        ("CodeNumber", NUMBER.fullmatch(letter.number) and not is_somebodys(letter.number)),
        ("CodeNotation", NOTATION.fullmatch(letter.notation) and not is_somebodys(letter.notation)),
        ("PromulgationDate", letter.promulgated),
        ("Subject", letter.subject.strip()),
        ("BussinessDocType", letter.business.kind in range(4)),
        ("BussinessDocReason", letter.business.kind == 0 or letter.business.reason.strip()),
        ("TraceHeader", letter.traces and all(AGENCY.fullmatch(trace.organ) for trace in letter.traces)),
        ("AttachmentName", all(FILE_NAME.fullmatch(each.name) for each in letter.attachments)),
        ("Attachment", len(letter.attachments) <= MOST_FILES),
        ("ContentTransferEncoded", sum(len(each.content) for each in letter.attachments) <= LARGEST_FILES),
        *_fitting(letter),
    )
    for name, holds in rules:
        if not holds:
            raise LetterWrong(what=name)


def _fitting(letter: Letter) -> Iterable[tuple[str, bool]]:
    organisations = (letter.sender, *letter.receivers)
    texts = [(name, getattr(each, name)) for each in organisations for name in Organisation.__slots__]
    texts += [("Subject", letter.subject), ("Place", letter.place), ("TypeName", letter.type_name)]
    texts += [("ToPlaces", place) for place in letter.to_places]
    texts += [("Appendixes", appendix) for appendix in letter.other.appendixes]
    texts += [("ResponseFor", getattr(each, name)) for each in letter.responses for name in ResponseFor.__slots__]
    texts += [("BussinessDocReason", letter.business.reason)]
    for part in (letter.signer, letter.business.staff):
        texts += [(name, getattr(part, name)) for name in part.__slots__] if part else []
    for each in letter.attachments:
        texts += [("ContentType", each.media_type), ("Description", each.description)]
    yield from ((name, _fits(text, LONGEST_LINE)) for name, text in texts)
    yield "Content", _fits(letter.content, LONGEST_TEXT)


def _fits(text: str, longest: int) -> bool:
    return len(text) <= longest and not UNPRINTABLE.search(text)


def state_of(receivers: Iterable[str], heard: Iterable[tuple[str, str]]) -> LetterState:
    """How a letter that was sent stands, from (receiver, code) in the order in which they were heard.

    Back at one receiver is returned, done at all of them is processed; a late "đã đến" takes nothing back.
    """
    codes: dict[str, set[str]] = {receiver: set() for receiver in receivers}
    for receiver, code in heard:
        codes.setdefault(receiver, set()).add(code)
    every = list(codes.values())
    if any(BACK & known for known in every):
        return LetterState.RETURNED
    if every and all(DONE & known for known in every):
        return LetterState.PROCESSED
    return LetterState.RECEIVED if any(THERE & known for known in every) else LetterState.SENT


def next_answers(said: Sequence[Status]) -> tuple[Status, ...]:
    """What this centre may say next of a letter that arrived; refused and completed are the end."""
    return ANSWERS.get(said[-1] if said else Status.ARRIVED, ())


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries that failed: 30, 60, 120, 240, then always 480 s (portal.md 13)."""
    return WAITS[min(max(tries, 1), len(WAITS)) - 1]
