"""From what was typed to a letter: why it goes, to whom, what it says, and the one-stop form that goes along.

Knows no page. The words of the letter are Vietnamese: they leave the house.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from starlette.datastructures import FormData

from domain.centres import Centre
from domain.days import local
from domain.dossiers import Act
from domain.errors import Invalid, NotFound, Refused, msgid
from domain.form_facts import FormFacts
from domain.letters import (
    KIND_NAMES,
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_RECEIVERS,
    Attachment,
    Letter,
    LetterKind,
    Organisation,
    Signer,
    Status,
    Trace,
)
from domain.tickets import milliseconds
from dossiers import form_filling as filling
from dossiers.form_filling import Desk
from operations.corresponding import own_organisation
from store import dossiers
from store.dossiers import Dossier, Step
from store.instants import moment
from web import forms

CONTROL, EXTENSION = "control", "apology"
LATEST = 253_402_300_000_000  # milliseconds, the end of the year 9999


class NoAxis(Refused):
    text = msgid(
        "Trung tâm chưa nối Trục liên thông văn bản. Mời gửi bằng giấy, hoặc báo người quản trị khai phần"
        " “Trục liên thông văn bản” trong cấu hình."
    )


class ReceiverUnclear(Invalid):
    """None, or one that is typed by half."""

    text = msgid("Chọn ít nhất một cơ quan nhận trong danh sách, hoặc ghi cả mã và tên của cơ quan khác.")


class NoSuchPurpose(NotFound):
    text = msgid("Hồ sơ này chưa có giấy tờ để gửi kèm. Mời chọn lại loại văn bản.")


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a letter goes, and which form goes along: none, the control slip, or the Mẫu 04 of an extension."""

    kind: LetterKind
    form: str = ""
    step: Step | None = None

    @property
    def value(self) -> str:
        """How a form of the browser says it."""
        return f"{self.kind}:{self.form}:{self.step.number if self.step else ''}"

    @property
    def file_name(self) -> str:
        """What the receiver sees."""
        return {CONTROL: "Mẫu 06 - Phiếu kiểm soát.pdf", EXTENSION: "Mẫu 04 - Phiếu xin lỗi.pdf"}.get(self.form, "")


def purposes(steps: Iterable[Step]) -> list[Purpose]:
    """What may be written of a dossier with these steps; the newest extension first."""
    extended = [step for step in steps if step.act is Act.EXTEND][::-1]
    late = (LetterKind.APOLOGY, LetterKind.EXTENSION)
    return [
        *(Purpose(kind, EXTENSION, step) for kind in late for step in extended),
        Purpose(LetterKind.HAND_OVER, CONTROL),
        Purpose(LetterKind.CONSULTATION),
        Purpose(LetterKind.CONSULTATION, CONTROL),
    ]


def purpose_of(form: FormData, steps: Iterable[Step]) -> Purpose:
    """The one that was chosen. Raises NoSuchPurpose."""
    chosen = forms.text(form, "purpose", 60)
    found = next((one for one in purposes(steps) if one.value == chosen), None)
    if found is None:
        raise NoSuchPurpose()
    return found


def facts_of(purpose: Purpose, desk: Desk, dossier: Dossier) -> FormFacts | None:
    """What stands on the form that goes along."""
    match purpose:
        case Purpose(form="apology", step=Step() as step):
            return filling.apology(desk, dossier, step)
        case Purpose(form="control"):
            return filling.control(desk, dossier, dossiers.steps_of(desk.db, dossier.code))
    return None


def receivers(centre: Centre) -> list[Organisation]:
    """The agencies of the centre that may be written to: all but the one that the letters come from."""
    own = own_organisation(centre).code
    return [
        Organisation(one.code, one.name.vi)
        for one in centre.agencies
        if own not in (one.code, *one.aliases)
    ]  # fmt: skip


def letter_of(form: FormData, centre: Centre, kind: LetterKind, now: datetime) -> Letter:
    """The letter without its file. Raises Invalid.

    The trace says when the form was opened: sent once more under the same request id it is the same letter.
    """
    written = min(moment(forms.number(form, "written", 0, LATEST, milliseconds(now))), now)
    sender, signer = own_organisation(centre), forms.text(form, "signer", LONGEST_LINE)
    return Letter(
        sender=sender, receivers=_receivers(form, centre), number=forms.text(form, "number", 40),
        notation=forms.text(form, "notation", 80), promulgated=_day(form, now), place=centre.province,
        subject=forms.text(form, "subject", LONGEST_LINE), content=_content(form), type_name=KIND_NAMES[kind],
        signer=Signer(signer, forms.text(form, "position", LONGEST_LINE, required=False)),
        traces=(Trace(sender.code, written),),
    )  # fmt: skip


def attachment(purpose: Purpose, body: bytes) -> Attachment:
    """The form as a file of the letter."""
    return Attachment(purpose.file_name, body)


def answer_of(form: FormData, seal: Callable[[bytes], bytes]) -> tuple[Status, bytes | None]:
    """What is said of a letter that arrived, with the officer's words sealed. Raises Invalid."""
    code = forms.text(form, "status", 2)
    if code not in set(Status):
        raise Invalid(what="status")
    words = forms.text(form, "words", LONGEST_LINE, required=False)
    return Status(code), seal(words.encode()) if words else None


def _receivers(form: FormData, centre: Centre) -> tuple[Organisation, ...]:
    """Those that were ticked, and one that is not on the list."""
    chosen = [str(value) for value in form.getlist("receiver") if value][: MOST_RECEIVERS + 1]
    code = forms.text(form, "receiver_code", 40, required=False)
    name = forms.text(form, "receiver_name", LONGEST_LINE, required=False)
    known = {one.code: one for one in receivers(centre)}
    if not (chosen or code) or bool(code) != bool(name) or not set(chosen) <= known.keys():
        raise ReceiverUnclear()
    other = (Organisation(code, name),) if code else ()
    return (*(known[one] for one in dict.fromkeys(chosen)), *other)


def _day(form: FormData, now: datetime) -> date:
    try:
        day = date.fromisoformat(forms.text(form, "signed", 10))
    except ValueError as error:
        raise Invalid(what="signed") from error
    if not date(2000, 1, 1) <= day <= local(now).date():
        raise Invalid(what="signed")
    return day


def _content(form: FormData) -> str:
    value = form.get("content", "")
    text = value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""
    if not text or len(text) > LONGEST_TEXT:
        raise Invalid(what="content")
    return text
