"""The one-stop forms: which there are, and under which number and title each edition prints them.

Titles of 2025: TT 03/2025/TT-VPCP, Phụ lục I (read; the text of the annex was not, so the fields of
`domain.form_facts` are "theo mẫu…, cần đối chiếu"). Numbers and titles of 2018: TT 01/2018/TT-VPCP (from memory,
to be compared). A dossier keeps the edition of the day on which it was received.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.days import local


class FormKind(StrEnum):
    """A form by what it is for; its number depends on the edition."""

    RECEIPT = "receipt"
    BATCH = "batch"
    SUPPLEMENT = "supplement"
    REFUSAL = "refusal"
    APOLOGY = "apology"
    STOP = "stop"
    CONTROL = "control"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Edition:
    """The forms of one circular: number and title by kind, in force for dossiers received from a day on."""

    source: str
    valid_from: date
    forms: Mapping[FormKind, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Form:
    """One form as an edition has it."""

    kind: FormKind
    number: str
    title: str
    source: str


RECEIPT_TITLE = "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
BATCH_TITLE = "Biên bản giao nhận hồ sơ"
SUPPLEMENT_TITLE = "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"
CONTROL_TITLE = "Phiếu kiểm soát quá trình giải quyết hồ sơ"
REGISTER_TITLE = "Sổ theo dõi hồ sơ"
EDITION_2018 = Edition(
    "TT 01/2018/TT-VPCP",
    date(2019, 1, 8),
    {
        FormKind.RECEIPT: ("01", RECEIPT_TITLE),
        FormKind.BATCH: ("01", BATCH_TITLE),
        FormKind.SUPPLEMENT: ("02", SUPPLEMENT_TITLE),
        FormKind.REFUSAL: ("03", "Phiếu từ chối giải quyết hồ sơ"),
        FormKind.APOLOGY: ("04", "Phiếu xin lỗi và hẹn lại ngày trả kết quả"),
        FormKind.CONTROL: ("05", CONTROL_TITLE),
        FormKind.REGISTER: ("06", REGISTER_TITLE),
    },
)
EDITION_2025 = Edition(
    "TT 03/2025/TT-VPCP",
    date(2025, 9, 15),
    {
        FormKind.RECEIPT: ("01", RECEIPT_TITLE),
        FormKind.BATCH: ("01", BATCH_TITLE),
        FormKind.SUPPLEMENT: ("02", SUPPLEMENT_TITLE),
        FormKind.REFUSAL: ("03", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
        FormKind.APOLOGY: ("04", "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"),
        FormKind.STOP: ("05", "Thông báo dừng giải quyết hồ sơ"),
        FormKind.CONTROL: ("06", CONTROL_TITLE),
        FormKind.REGISTER: ("07", REGISTER_TITLE),
    },
)
EDITIONS = (EDITION_2018, EDITION_2025)


def form_of(kind: FormKind, received: datetime) -> Form:
    """The form for a dossier received then; one that its edition does not have comes from the next that has it.

    A dossier older than every edition takes the oldest.
    """
    day = local(received).date()
    at = max((n for n, edition in enumerate(EDITIONS) if edition.valid_from <= day), default=0)
    edition = next(edition for edition in EDITIONS[at:] if kind in edition.forms)
    return Form(kind, *edition.forms[kind], edition.source)


def day_in_words(at: datetime) -> str:
    """'ngày 05 tháng 02 năm 2026': days under ten and the months 1 and 2 with a nought (NĐ 30/2020, Phụ lục I)."""
    at = local(at)
    month = f"{at.month:02d}" if at.month < 3 else str(at.month)
    return f"ngày {at.day:02d} tháng {month} năm {at.year}"


def moment_in_words(at: datetime) -> str:
    """'09 giờ 05 phút, ngày 21 tháng 11 năm 2026'."""
    return f"{local(at):%H giờ %M phút}, {day_in_words(at)}"


def moment_in_figures(at: datetime) -> str:
    """'21/11/2026 09:05', for tables."""
    return f"{local(at):%d/%m/%Y %H:%M}"
