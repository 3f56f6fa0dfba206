import base64
import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.dom import minidom
from xml.etree import ElementTree as ET

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from domain.letters import (
    LARGEST_FILES,
    Attachment,
    Business,
    Letter,
    LetterWrong,
    Organisation,
    ResponseFor,
    Status,
    StatusMessage,
)
from portal.edxml import build, build_status, canonical, to_sign, with_signature
from portal.edxml_reading import read
from tests.portal.letters import CENTRE, LAND, LETTER, MORNING, PDF, PLAIN, POLICE, foreign, status_document

NS = {"e": "http://www.mic.gov.vn/TBT/QCVN_102_2016", "d": "http://www.w3.org/2000/09/xmldsig#"}
HEADER = "e:edXMLEnvelope/e:edXMLHeader/"
MESSAGE = HEADER + "e:MessageHeader/"
TRACES = HEADER + "e:TraceHeaderList/"


def texts(document: bytes, path: str) -> list[str | None]:
    return [found.text for found in ET.fromstring(document).findall(path, NS)]


# Building: the paths are those of portal.md 13


EXPECTED = {
    MESSAGE + "e:From/e:OrganId": "H56.19",
    MESSAGE + "e:From/e:OrganizationInCharge": "UBND phường Hạc Thành",
    MESSAGE + "e:To/e:OrganId": "H56.07",
    MESSAGE + "e:DocumentId": "H56.19,2026/07/13,12/PXL-TTPVHCC",
    MESSAGE + "e:Code/e:CodeNumber": "12",
    MESSAGE + "e:Code/e:CodeNotation": "PXL-TTPVHCC",
    MESSAGE + "e:PromulgationInfo/e:Place": "Hạc Thành",
    MESSAGE + "e:PromulgationInfo/e:PromulgationDate": "2026/07/13",
    MESSAGE + "e:DocumentType/e:TypeName": "Văn bản xin lỗi",
    MESSAGE + "e:Content": "Lý do: <chờ> & xác minh",
    MESSAGE + "e:SignerInfo/e:FullName": "Lê Thị Mẫu",
    MESSAGE + "e:DueDate": "2026/07/20",
    MESSAGE + "e:OtherInfo/e:SphereOfPromulgation": "Đất đai",
    MESSAGE + "e:OtherInfo/e:Direction": "false",
    MESSAGE + "e:OtherInfo/e:Appendixes/e:Appendix": "Phụ lục",
    MESSAGE + "e:SteeringType": "1",
    MESSAGE + "e:ResponseFor/e:DocumentId": "H56.07,2026/07/01,7/CV",
    TRACES + "e:TraceHeader/e:OrganId": "H56.19",
    TRACES + "e:TraceHeader/e:Timestamp": "2026/07/13 08:42:00",
    TRACES + "e:Bussiness/e:BussinessDocType": "0",
    TRACES + "e:Bussiness/e:Paper": "0",
    TRACES + "e:Bussiness/e:StaffInfo/e:Staff": "Cán bộ 1",
    "e:edXMLEnvelope/e:edXMLBody/e:edXMLManifest/e:Reference/e:ContentId": "cid:1",
    "e:edXMLEnvelope/e:edXMLBody/e:edXMLManifest/e:Reference/e:AttachmentName": "Mẫu 04.pdf",
    "e:AttachmentEncoded/e:Attachment/e:ContentId": "cid:1",
    "e:AttachmentEncoded/e:Attachment/e:ContentType": "application/zip",
}


@pytest.mark.parametrize("path", EXPECTED)
def test_a_letter_stands_where_the_norm_wants_it(path):
    assert texts(build(LETTER), path) == [EXPECTED[path]]


def test_the_file_is_a_zip_in_base64():
    (encoded,) = texts(build(LETTER), "e:AttachmentEncoded/e:Attachment/e:ContentTransferEncoded")
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(encoded or "", validate=True))) as archive:
        assert archive.namelist() == ["Mẫu 04.pdf"]
        assert archive.read("Mẫu 04.pdf") == PDF


def test_the_same_letter_gives_the_same_bytes():
    assert build(LETTER) == build(replace(LETTER))
    digest = hashlib.sha256(build(PLAIN)).hexdigest()
    assert digest == "1a214d81fcdac6e76b6fa55e8bd392741ec859807ad3da6b1e3a4f17a6bcf8bd"


def test_the_bytes_of_a_status_message():
    message = StatusMessage(
        sender=Organisation("H56.19", "Trung tâm"), answers=ResponseFor("H56.07", "H56.07,2026/07/01,7/CV", "7/CV"),
        status=Status.ACCEPTED, at=MORNING, description="đã nhận",
    )  # fmt: skip
    assert build_status(message).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">'
        '<edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader>'
        "<edXML:MessageHeader><edXML:From><edXML:OrganId>H56.19</edXML:OrganId>"
        "<edXML:OrganizationInCharge></edXML:OrganizationInCharge><edXML:OrganName>Trung tâm</edXML:OrganName>"
        "<edXML:OrganAdd></edXML:OrganAdd><edXML:Email></edXML:Email><edXML:Telephone></edXML:Telephone>"
        "<edXML:Fax></edXML:Fax><edXML:Website></edXML:Website></edXML:From>"
        "<edXML:ResponseFor><edXML:OrganId>H56.07</edXML:OrganId><edXML:Code>7/CV</edXML:Code>"
        "<edXML:PromulgationDate></edXML:PromulgationDate>"
        "<edXML:DocumentId>H56.07,2026/07/01,7/CV</edXML:DocumentId></edXML:ResponseFor>"
        "<edXML:StatusCode>03</edXML:StatusCode><edXML:Description>đã nhận</edXML:Description>"
        "<edXML:Timestamp>2026/07/13 08:42:00</edXML:Timestamp></edXML:MessageHeader>"
        "</edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>"
    )
    told = read(build_status(message))
    assert told.says == message
    assert not told.has_signature


WRONG = {
    "OrganId": {"sender": replace(CENTRE, code="H56/19")},
    "To": {"receivers": ()},
    "CodeNumber": {"number": "12,13"},
    "CodeNotation": {"notation": "a,b"},
    "PromulgationDate": {"promulgated": None},
    "Subject": {"subject": " "},
    "BussinessDocReason": {"business": Business(1)},
    "TraceHeader": {"traces": ()},
    "AttachmentName": {"attachments": (Attachment("../../etc/passwd", b""),)},
    "Attachment": {"attachments": (Attachment("a", b""),) * 21},
    "ContentTransferEncoded": {"attachments": (Attachment("a", bytes(LARGEST_FILES + 1)),)},
    "Content": {"content": "\x01"},
    "Place": {"place": "x" * 501},
}


@pytest.mark.parametrize("what", WRONG)
def test_a_letter_that_the_norm_cannot_hold_is_not_built(what):
    with pytest.raises(LetterWrong) as wrong:
        build(replace(LETTER, **WRONG[what]))
    assert wrong.value.arguments == {"what": what}


def test_a_letter_to_oneself_or_twice_to_one_is_not_built():
    for receivers in ((CENTRE,), (LAND, LAND)):
        with pytest.raises(LetterWrong):
            build(replace(LETTER, receivers=receivers))
    assert len(texts(build(replace(LETTER, receivers=(LAND, POLICE))), MESSAGE + "e:To/e:OrganId")) == 2


# The signature


def canonical_of(document: bytes, path: str = "", without: str = "") -> bytes:
    """Exclusive C14N by rules of its own (W3C, Exclusive XML Canonicalization 1.0), of one element."""
    root = minidom.parseString(document).documentElement
    for node in root.getElementsByTagName(without) if without else ():
        node.parentNode.removeChild(node)
    return _shown(root.getElementsByTagName(path)[0] if path else root, {}).encode()


def _shown(node: Any, known: dict[str, str]) -> str:
    if node.nodeType == node.TEXT_NODE:
        return str(node.data).translate(str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}))
    prefix = node.tagName.rpartition(":")[0]
    name = f"xmlns:{prefix}" if prefix else "xmlns"
    names = "" if known.get(prefix) == node.namespaceURI else f' {name}="{node.namespaceURI}"'
    given = {n: v for n, v in node.attributes.items() if not n.startswith("xmlns")}
    names += "".join(f' {n}="{v}"' for n, v in sorted(given.items()))
    inside = "".join(_shown(each, {**known, prefix: node.namespaceURI}) for each in node.childNodes)
    return f"<{node.tagName}{names}>{inside}</{node.tagName}>"


def check_signed(signed: bytes, public_key: Any) -> None:
    """The digest is over the document without its signature, the value over the SignedInfo."""
    (digest,) = texts(signed, HEADER + "d:Signature/d:SignedInfo/d:Reference/d:DigestValue")
    (value,) = texts(signed, HEADER + "d:Signature/d:SignatureValue")
    over = hashlib.sha256(canonical_of(signed, without="Signature")).digest()
    assert base64.b64decode(digest or "") == over, "the digest is over something else"
    info = canonical_of(signed, "SignedInfo")
    public_key.verify(base64.b64decode(value or ""), info, padding.PKCS1v15(), hashes.SHA256())


def sign(letter: Letter, key: Any) -> bytes:
    document = build(letter)
    value = key.sign(to_sign(document), padding.PKCS1v15(), hashes.SHA256())
    return with_signature(document, value, b"certificate")


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize("content", ["Lý do: <chờ> & xác minh", "một\r\nhai\tba", "“”\u00a0\"'"])
def test_a_device_signs_canonical_bytes_and_its_answer_has_its_place(key, content):
    letter = replace(LETTER, content=content)
    assert canonical(build(letter)) == canonical_of(build(letter))
    check_signed(sign(letter, key), key.public_key())


@pytest.mark.planted
def test_a_word_changed_after_signing_is_caught(key):
    with pytest.raises(AssertionError, match="over something else"):
        check_signed(sign(LETTER, key).replace("gia hạn".encode(), "gia hẠn".encode()), key.public_key())


def test_a_signature_that_stands_there_is_not_believed():
    signed = with_signature(build(LETTER), b"anything", b"nobody")
    told = read(signed)
    assert told.has_signature
    assert type(told).__name__ == "Unverified"


# Reading


def test_what_we_build_we_read():
    told = read(build(LETTER)).says
    files = (replace(LETTER.attachments[0], media_type="application/octet-stream", description="Mẫu 04.pdf"),)
    assert told == replace(LETTER, document=LETTER.document_id, attachments=files)


def test_another_agencys_letter_is_read():
    told = read(foreign())
    letter = told.says
    assert told.has_signature
    assert (letter.sender.code, letter.sender.name) == ("28.22.H17", "Ủy ban")
    assert letter.document_id == "28.22.H17,2026/07/14,7816/UBND-VP"
    assert letter.traces[0].at == datetime(2026, 7, 14, 1, 30, tzinfo=UTC)
    assert [(each.name, each.content) for each in letter.attachments] == [("y-kien.doc", b"Dong y")]


def test_another_agencys_status_is_read():
    told = read(status_document("06")).says
    assert (told.status, told.sender.code, told.answers.document) == (
        Status.COMPLETED,
        "H56.07",
        LETTER.document_id,
    )
    assert told.staff is not None
    assert told.staff.department == "Văn thư"
