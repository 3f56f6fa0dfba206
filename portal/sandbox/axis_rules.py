"""What the sandbox of the document exchange axis accepts: the norm's table, checked by a parser of its own.

Typed by hand from the description of the norm (QCVN 102:2016/BTTTT, QĐ 28/2018/QĐ-TTg). Problems name the element,
never its value.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

NAMESPACE = "{http://www.mic.gov.vn/TBT/QCVN_102_2016}"
SIGNATURES = (NAMESPACE + "Signature", "{http://www.w3.org/2000/09/xmldsig#}Signature")
MAX_PROBLEMS = 5
MAX_FILE_BYTES = 50 * 1024 * 1024

AGENCY = r"[A-Z]\d{2}(\.[0-9A-Z]{1,3}){0,4}|\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|\d{2}\.\d{2}\.[A-Z]\d{2}"
DAY = r"\d{4}/(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])"
MOMENT = DAY + r" ([01]\d|2[0-3]):[0-5]\d:[0-5]\d"
ANY, FILLED, NUMBER = r"(?s:.*)", r"(?s:.*\S.*)", r"\d{1,6}"
STATUS_NAMES = {
    "01": "đã đến",
    "02": "từ chối",
    "03": "tiếp nhận",
    "04": "phân công",
    "05": "đang xử lý",
    "06": "hoàn thành",
    "13": "yêu cầu lấy lại",
    "15": "đồng ý cập nhật/lấy lại",
    "16": "từ chối cập nhật/lấy lại",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: where it stands, what it looks like, whether it must be there, or may be repeated."""

    path: str
    form: str = ANY
    needed: bool = False
    often: bool = False


def _organisation(name: str, often: bool = False) -> tuple[Line, ...]:
    return (
        Line(name, needed=True, often=often),
        Line(f"{name}/OrganId", AGENCY, needed=True),
        Line(f"{name}/OrganizationInCharge"),
        Line(f"{name}/OrganName", FILLED, needed=True),
        *(Line(f"{name}/{each}") for each in ("OrganAdd", "Email", "Telephone", "Fax", "Website")),
    )


STAFF = tuple(Line(f"StaffInfo{rest}") for rest in ("", "/Department", "/Staff", "/Mobile", "/Email"))
RESPONSE = (
    Line("ResponseFor", often=True),
    Line("ResponseFor/OrganId", AGENCY, needed=True),
    Line("ResponseFor/Code"),
    Line("ResponseFor/PromulgationDate", f"({DAY})?"),
    Line("ResponseFor/DocumentId", FILLED, needed=True),
)
LETTER = (
    *_organisation("From"),
    *_organisation("To", often=True),
    Line("DocumentId", rf"({AGENCY}),{DAY},[^,]+/[^,]+", needed=True),
    Line("Code", needed=True),
    Line("Code/CodeNumber", FILLED, needed=True),
    Line("Code/CodeNotation", FILLED, needed=True),
    Line("PromulgationInfo", needed=True),
    Line("PromulgationInfo/Place"),
    Line("PromulgationInfo/PromulgationDate", DAY, needed=True),
    Line("DocumentType", needed=True),
    Line("DocumentType/Type", NUMBER, needed=True),
    Line("DocumentType/TypeDetail", NUMBER),
    Line("DocumentType/TypeName", FILLED, needed=True),
    Line("Subject", FILLED, needed=True),
    Line("Content"),
    Line("SignerInfo"),
    Line("SignerInfo/Competence"),
    Line("SignerInfo/Position"),
    Line("SignerInfo/FullName", FILLED, needed=True),
    Line("DueDate", DAY),
    Line("ToPlaces"),
    Line("ToPlaces/Place", often=True),
    Line("OtherInfo"),
    Line("OtherInfo/Priority", NUMBER),
    Line("OtherInfo/SphereOfPromulgation"),
    Line("OtherInfo/TyperNotation"),
    Line("OtherInfo/PromulgationAmount", NUMBER),
    Line("OtherInfo/PageAmount", NUMBER),
    Line("OtherInfo/Direction", "true|false"),
    Line("OtherInfo/Appendixes"),
    Line("OtherInfo/Appendixes/Appendix", often=True),
    Line("SteeringType", NUMBER),
    *RESPONSE,
)
TRACES = (
    Line("TraceHeader", needed=True, often=True),
    Line("TraceHeader/OrganId", AGENCY, needed=True),
    Line("TraceHeader/Timestamp", MOMENT, needed=True),
    Line("Bussiness", needed=True),
    Line("Bussiness/DocumentId"),
    Line("Bussiness/BussinessDocType", "[0-3]", needed=True),
    Line("Bussiness/BussinessDocReason"),
    Line("Bussiness/Paper", "[01]", needed=True),
    *(Line(f"Bussiness/{line.path}") for line in STAFF),
)
STATUS = (
    *_organisation("From"),
    *RESPONSE,
    *STAFF,
    Line("StatusCode", "|".join(STATUS_NAMES), needed=True),
    Line("Description"),
    Line("Timestamp", MOMENT, needed=True),
)
REFERENCE = (
    Line("Reference", often=True),
    Line("Reference/ContentId", r"cid:.+", needed=True),
    Line("Reference/ContentType", FILLED, needed=True),
    Line("Reference/Description"),
    Line("Reference/AttachmentName", FILLED, needed=True),
)
ATTACHMENT = (
    Line("Attachment", often=True),
    Line("Attachment/ContentId", r"cid:.+", needed=True),
    Line("Attachment/AttachmentName", FILLED, needed=True),
    Line("Attachment/Description"),
    Line("Attachment/ContentType", FILLED, needed=True),
    Line("Attachment/ContentTransferEncoded", FILLED, needed=True),
)


@dataclass(frozen=True, slots=True)
class Read:
    """What the axis itself must know of a document. `files` are the names and lengths of what is attached."""

    kind: str
    sender: str
    receivers: tuple[str, ...]
    document: str
    subject: str
    status: str
    files: tuple[tuple[str, int], ...]
    is_signed: bool


def parsed(raw: bytes) -> ET.Element | None:
    """The root, or None for what is not XML, or is XML with a document type."""
    if b"<!DOCTYPE" in raw or b"\0" in raw:
        return None
    try:
        return ET.fromstring(raw)  # noqa: S314 - no document type, so no entities
    except ET.ParseError:
        return None


def read(root: ET.Element) -> tuple[Read | None, list[str]]:
    """What stands in a document, None when it has problems; at most five of them."""
    header = root.find(f"{NAMESPACE}edXMLEnvelope/{NAMESPACE}edXMLHeader")
    message = header.find(NAMESPACE + "MessageHeader") if header is not None else None
    if root.tag != NAMESPACE + "edXML" or header is None or message is None:
        return None, ["edXMLEnvelope/edXMLHeader/MessageHeader: thiếu"]
    is_status = message.find(NAMESPACE + "StatusCode") is not None
    problems = list(_of_status(message) if is_status else _of_letter(root, header, message))
    if problems:
        return None, problems[:MAX_PROBLEMS]
    signed = any(header.find(name) is not None for name in SIGNATURES)
    answers = "ResponseFor/" if is_status else ""
    found = Read(
        "status" if is_status else "edoc", _text(message, "From/OrganId"), tuple(_receivers(message, is_status)),
        _text(message, answers + "DocumentId"), _text(message, "Subject"), _text(message, "StatusCode"),
        tuple(_files(root)), signed,
    )  # fmt: skip
    return found, []


def _receivers(message: ET.Element, is_status: bool) -> Iterator[str]:
    name = "ResponseFor" if is_status else "To"
    return (_text(each, "OrganId") for each in message.findall(NAMESPACE + name))


def _of_status(message: ET.Element) -> Iterator[str]:
    yield from _problems(message, STATUS)
    if message.find(NAMESPACE + "ResponseFor") is None:
        yield "ResponseFor: thiếu"


def _of_letter(root: ET.Element, header: ET.Element, message: ET.Element) -> Iterator[str]:
    yield from _problems(message, LETTER)
    traces = header.find(NAMESPACE + "TraceHeaderList")
    if traces is None:
        yield "TraceHeaderList: thiếu"
    else:
        yield from _problems(traces, TRACES)
    number = f"{_text(message, 'Code/CodeNumber')}/{_text(message, 'Code/CodeNotation')}"
    day = _text(message, "PromulgationInfo/PromulgationDate")
    if _text(message, "DocumentId") != f"{_text(message, 'From/OrganId')},{day},{number}":
        yield "DocumentId: không khớp OrganId, PromulgationDate và Code"
    yield from _of_files(root)


def _of_files(root: ET.Element) -> Iterator[str]:
    manifest = root.find(_path("edXMLEnvelope/edXMLBody/edXMLManifest"))
    if manifest is None:
        yield "edXMLManifest: thiếu"
        return
    yield from _problems(manifest, REFERENCE)
    outside = root.find(NAMESPACE + "AttachmentEncoded")
    if outside is not None:
        yield from _problems(outside, ATTACHMENT)
    listed = [_text(each, "ContentId") for each in manifest]
    attached = [_text(each, "ContentId") for each in outside] if outside is not None else []
    if sorted(listed) != sorted(attached) or len(set(listed)) != len(listed):
        yield "ContentId: danh mục và tệp đính kèm không khớp nhau"
    try:
        list(_files(root))
    except (ValueError, binascii.Error, zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        yield "ContentTransferEncoded: không phải zip trong base64"


def _files(root: ET.Element) -> Iterator[tuple[str, int]]:
    for encoded in root.iter(NAMESPACE + "ContentTransferEncoded"):
        packed = base64.b64decode(encoded.text or "", validate=True)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_FILE_BYTES:
                raise ValueError("too large")
            for entry in archive.infolist():
                yield entry.filename, len(archive.read(entry))


def _problems(place: ET.Element, table: tuple[Line, ...]) -> Iterator[str]:
    known = {line.path: line for line in table}
    yield from _unknown(place, "", known)
    for line in table:
        above, _, name = line.path.rpartition("/")
        for parent in place.findall(_path(above)) if above else [place]:
            found = parent.findall(NAMESPACE + name)
            if line.needed and not found:
                yield f"{line.path}: thiếu"
            if len(found) > 1 and not line.often:
                yield f"{line.path}: lặp lại"
            if any(not re.fullmatch(line.form, each.text or "") for each in found):
                yield f"{line.path}: sai dạng"


def _unknown(place: ET.Element, path: str, known: dict[str, Line]) -> Iterator[str]:
    for child in place:
        here = f"{path}/{child.tag.removeprefix(NAMESPACE)}".lstrip("/")
        if here not in known:
            yield f"{here[:60]}: không có trong quy chuẩn"
        else:
            yield from _unknown(child, here, known)


def _path(path: str) -> str:
    return "/".join(NAMESPACE + part for part in path.split("/"))


def _text(place: ET.Element, path: str) -> str:
    return place.findtext(_path(path)) or ""
