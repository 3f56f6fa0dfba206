"""What an edXML document says. Nobody has checked who wrote it: that is in the type of the answer.

`read` gives an `Unverified`: a signature may stand in it, but none is verified here - neither its digest, nor its
value, nor the certificate. From is a claim; the sender that counts is the one that the axis names.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from domain.errors import msgid
from domain.letters import (
    AGENCY,
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_RECEIVERS,
    UNPRINTABLE,
    Attachment,
    Business,
    Letter,
    Organisation,
    OtherInfo,
    ResponseFor,
    Signer,
    Staff,
    Status,
    StatusMessage,
    Trace,
)
from portal.edxml import NAMESPACE, XMLDSIG
from portal.edxml_files import Room, unpacked
from portal.edxml_trees import DocumentRefused, DocumentTooComplex, Node, read_tree

VIETNAM = timezone(timedelta(hours=7))
MOST_FILES = 50
MOST_TRACES = 50
LONGEST_DOCUMENT = 200
DIGITS = re.compile(r"[0-9]{1,6}")


class DocumentLacks(DocumentRefused):
    """An element that must be there is not, stands there twice, or cannot be read."""

    text = msgid("Văn bản đến thiếu hoặc sai mục %(what)s. Hãy đề nghị nơi gửi gửi lại.")


@dataclass(frozen=True, slots=True)
class Unverified:
    """What somebody wrote. `has_signature` says that one stands there, not that it is right."""

    says: Letter | StatusMessage
    has_signature: bool


def read(raw: bytes) -> Unverified:
    """The letter or status message in these bytes. Raises a DocumentRefused, and nothing else."""
    root = read_tree(raw)
    if (root.namespace, root.name) != (NAMESPACE, "edXML"):
        raise DocumentLacks(what="edXML")
    envelope = _one(root, "edXMLEnvelope")
    header = _one(envelope, "edXMLHeader")
    message = _one(header, "MessageHeader")
    signed = any(_signature(place) for place in (root, envelope, header))
    if next(message.every("StatusCode"), None):
        return Unverified(_status(message), signed)
    return Unverified(_letter(message, _maybe(header, "TraceHeaderList"), root), signed)


def _signature(place: Node) -> bool:
    # The sample of the axis leaves it in the norm's own namespace.
    return any(node.namespace in (NAMESPACE, XMLDSIG) for node in place.every("Signature"))


def _status(message: Node) -> StatusMessage:
    code = _text(message, "StatusCode")
    if code not in set(Status):
        raise DocumentLacks(what="StatusCode")
    answers = _response(_one(message, "ResponseFor"))
    if not answers.document:
        raise DocumentLacks(what="DocumentId")
    return StatusMessage(
        sender=_organisation(_one(message, "From")), answers=answers, status=Status(code),
        at=_instant(_text(message, "Timestamp")), description=_text(message, "Description"),
        staff=_staff(_maybe(message, "StaffInfo")),
    )  # fmt: skip


def _letter(message: Node, traces: Node | None, root: Node) -> Letter:
    document = _text(message, "DocumentId", LONGEST_DOCUMENT)
    receivers = list(message.every("To"))
    if not document or not receivers:
        raise DocumentLacks(what="DocumentId" if receivers else "To")
    if len(receivers) > MOST_RECEIVERS:
        raise DocumentTooComplex(what="To")
    code, info = _maybe(message, "Code"), _maybe(message, "PromulgationInfo")
    kind, places = _maybe(message, "DocumentType"), _maybe(message, "ToPlaces")
    return Letter(
        sender=_organisation(_one(message, "From")), receivers=tuple(map(_organisation, receivers)),
        document=document, number=_text(code, "CodeNumber"), notation=_text(code, "CodeNotation"),
        place=_text(info, "Place"), promulgated=_date(_text(info, "PromulgationDate")),
        type=_number(_text(kind, "Type")), type_detail=_number(_text(kind, "TypeDetail")),
        type_name=_text(kind, "TypeName"), subject=_text(message, "Subject", LONGEST_TEXT),
        content=_text(message, "Content", LONGEST_TEXT), signer=_signer(_maybe(message, "SignerInfo")),
        due=_date(_text(message, "DueDate")), to_places=_texts(places, "Place"),
        other=_other(_maybe(message, "OtherInfo")), steering=_number(_text(message, "SteeringType")),
        responses=tuple(map(_response, message.every("ResponseFor"))), business=_business(traces),
        traces=_traces(traces), attachments=_attachments(root),
    )  # fmt: skip


def _organisation(node: Node) -> Organisation:
    code = _text(node, "OrganId")
    if not AGENCY.fullmatch(code):
        raise DocumentLacks(what="OrganId")
    return Organisation(
        code, _text(node, "OrganName"), _text(node, "OrganizationInCharge"), _text(node, "OrganAdd"),
        _text(node, "Email"), _text(node, "Telephone"), _text(node, "Fax"), _text(node, "Website"),
    )  # fmt: skip


def _response(node: Node) -> ResponseFor:
    return ResponseFor(
        _text(node, "OrganId"), _text(node, "DocumentId", LONGEST_DOCUMENT), _text(node, "Code"),
        _text(node, "PromulgationDate"),
    )  # fmt: skip


def _signer(node: Node | None) -> Signer | None:
    if node is None:
        return None
    return Signer(_text(node, "FullName"), _text(node, "Position"), _text(node, "Competence"))


def _staff(node: Node | None) -> Staff | None:
    if node is None:
        return None
    return Staff(_text(node, "Department"), _text(node, "Staff"), _text(node, "Mobile"), _text(node, "Email"))


def _other(node: Node | None) -> OtherInfo:
    if node is None:
        return OtherInfo()
    return OtherInfo(
        _number(_text(node, "Priority")), _text(node, "SphereOfPromulgation"), _text(node, "TyperNotation"),
        _number(_text(node, "PromulgationAmount")), _number(_text(node, "PageAmount")),
        _text(node, "Direction") == "true", _texts(_maybe(node, "Appendixes"), "Appendix"),
    )  # fmt: skip


def _business(traces: Node | None) -> Business:
    node = _maybe(traces, "Bussiness") if traces else None
    if node is None:
        return Business()
    kind = _number(_text(node, "BussinessDocType"))
    if kind not in range(4):
        raise DocumentLacks(what="BussinessDocType")
    staff = _staff(_maybe(node, "StaffInfo"))
    return Business(kind, _text(node, "BussinessDocReason"), _text(node, "Paper") == "1", staff)


def _traces(traces: Node | None) -> tuple[Trace, ...]:
    nodes = list(traces.every("TraceHeader")) if traces else []
    if len(nodes) > MOST_TRACES:
        raise DocumentTooComplex(what="TraceHeader")
    read_ones = ((_text(node, "OrganId"), _instant(_text(node, "Timestamp"))) for node in nodes)
    return tuple(Trace(organ, at) for organ, at in read_ones if at is not None)


def _attachments(root: Node) -> tuple[Attachment, ...]:
    outside = _maybe(root, "AttachmentEncoded")
    nodes = list(outside.every("Attachment")) if outside else []
    if len(nodes) > MOST_FILES:
        raise DocumentTooComplex(what="Attachment")
    room, found = Room(), list[Attachment]()
    for node in nodes:
        encoded = _one(node, "ContentTransferEncoded").text
        name, media_type, description = (
            _text(node, each) for each in ("AttachmentName", "ContentType", "Description")
        )
        found += unpacked(name, media_type, description, encoded, room)
    return tuple(found)


def _one(node: Node, name: str) -> Node:
    found = _maybe(node, name)
    if found is None:
        raise DocumentLacks(what=name)
    return found


def _maybe(node: Node, name: str) -> Node | None:
    found = list(node.every(name))
    if len(found) > 1:  # which of the two would the next reader believe?
        raise DocumentLacks(what=name)
    return found[0] if found else None


def _text(node: Node | None, name: str, longest: int = LONGEST_LINE) -> str:
    found = _maybe(node, name) if node else None
    text = found.text if found else ""
    if len(text) > longest or UNPRINTABLE.search(text):
        raise DocumentLacks(what=name)
    return text


def _texts(node: Node | None, name: str) -> tuple[str, ...]:
    texts = tuple(each.text for each in node.every(name)) if node else ()
    if len(texts) > 200 or any(len(text) > LONGEST_LINE or UNPRINTABLE.search(text) for text in texts):
        raise DocumentLacks(what=name)
    return texts


def _number(text: str) -> int:
    """Secondary numbers and dates that cannot be read are left out: the letter itself can be read without."""
    return int(text) if DIGITS.fullmatch(text) else 0


def _date(text: str) -> date | None:
    try:
        return datetime.strptime(text[:10], "%Y/%m/%d").date()
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    try:
        return datetime.strptime(text[:19], "%Y/%m/%d %H:%M:%S").replace(tzinfo=VIETNAM).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
