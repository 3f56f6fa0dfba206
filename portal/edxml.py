"""Letters and status messages as edXML, ready to be signed (QCVN 102:2016/BTTTT).

The same letter always gives the same bytes: what is sent again after a lost answer is what was sent before.
Reading stands in `portal.edxml_reading`. `build` gives the document without a Signature; a signing device signs
`to_sign(document)`, and `with_signature` puts the answer into its place.
"""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from domain.letters import (
    Attachment,
    Business,
    Letter,
    Organisation,
    OtherInfo,
    ResponseFor,
    Signer,
    Staff,
    StatusMessage,
    check_letter,
)

__all__ = ["NAMESPACE", "build", "build_status", "canonical", "cid", "to_sign", "with_signature"]

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
VIETNAM = timezone(timedelta(hours=7))
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
HEADER_END = b"</edXML:edXMLHeader>"
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip entry can carry


def build(letter: Letter) -> bytes:
    """The letter as an edXML document without a signature. Raises LetterWrong."""
    check_letter(letter)
    header = _wrap("MessageHeader", *_message_header(letter)) + _wrap("TraceHeaderList", *_traces(letter))
    references = (_reference(number, each) for number, each in enumerate(letter.attachments))
    manifest = f'<edXML:edXMLManifest version="1.0">{"".join(references)}</edXML:edXMLManifest>'
    files = "".join(_encoded(number, each) for number, each in enumerate(letter.attachments))
    outside = f"<AttachmentEncoded>{files}</AttachmentEncoded>" if files else ""
    return _document(header, _wrap("edXMLBody", manifest), outside)


def build_status(message: StatusMessage) -> bytes:
    """A status message without a signature."""
    stamp = _element("Timestamp", _stamp(message.at) if message.at else "")
    header = _wrap(
        "MessageHeader",
        _organisation("From", message.sender),
        _response(message.answers),
        *_staff(message.staff),
        _element("StatusCode", message.status.value),
        _element("Description", message.description),
        stamp,
    )
    return _document(header, "", "")


def cid(number: int) -> str:
    """The name by which manifest and content of one attachment find each other."""
    return f"cid:{number + 1}"


def canonical(document: bytes) -> bytes:
    """Exclusive C14N without comments of a document that `build` gave: what the signature's digest is over.

    `build` writes canonical XML already; only the declaration goes. (`xml.etree` cannot: it renames prefixes.)
    """
    return document.removeprefix(DECLARATION)


def to_sign(document: bytes) -> bytes:
    """The canonical SignedInfo, byte for byte what a device signs with RSA-SHA256 (PKCS #1 v1.5)."""
    digest = base64.b64encode(hashlib.sha256(canonical(document)).digest()).decode()
    return (
        f'<SignedInfo xmlns="{XMLDSIG}">'
        f'<CanonicalizationMethod Algorithm="{EXCLUSIVE}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{RSA_SHA256}"></SignatureMethod>'
        f'<Reference URI=""><Transforms><Transform Algorithm="{ENVELOPED}"></Transform>'
        f'<Transform Algorithm="{EXCLUSIVE}"></Transform></Transforms>'
        f'<DigestMethod Algorithm="{SHA256}"></DigestMethod>'
        f"<DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
    ).encode()


def with_signature(document: bytes, value: bytes, certificate: bytes) -> bytes:
    """The document with what the device answered: the raw signature and its certificate (DER)."""
    signature = (
        f'<Signature xmlns="{XMLDSIG}">'.encode()
        + to_sign(document)
        + b"<SignatureValue>" + base64.b64encode(value) + b"</SignatureValue>"
        + b"<KeyInfo><X509Data><X509Certificate>" + base64.b64encode(certificate)
        + b"</X509Certificate></X509Data></KeyInfo></Signature>"
    )  # fmt: skip
    before, after = document.split(HEADER_END)
    return before + signature + HEADER_END + after


def _document(header: str, body: str, outside: str) -> bytes:
    return (
        DECLARATION
        + (
            f'<edXML xmlns="{NAMESPACE}">'
            f'<edXML:edXMLEnvelope xmlns:edXML="{NAMESPACE}">'
            f"{_wrap('edXMLHeader', header)}{body}</edXML:edXMLEnvelope>{outside}</edXML>"
        ).encode()
    )


def _message_header(letter: Letter) -> Iterator[str]:
    day = f"{letter.promulgated:%Y/%m/%d}"
    yield _organisation("From", letter.sender)
    yield from (_organisation("To", each) for each in letter.receivers)
    yield _element("DocumentId", letter.document_id)
    yield _wrap("Code", _element("CodeNumber", letter.number), _element("CodeNotation", letter.notation))
    yield _wrap("PromulgationInfo", _element("Place", letter.place), _element("PromulgationDate", day))
    yield _wrap(
        "DocumentType",
        _element("Type", letter.type),
        _element("TypeDetail", letter.type_detail),
        _element("TypeName", letter.type_name),
    )
    yield _element("Subject", letter.subject)
    yield _element("Content", letter.content)
    yield from _signer(letter.signer)
    if letter.due:
        yield _element("DueDate", f"{letter.due:%Y/%m/%d}")
    yield _wrap("ToPlaces", *(_element("Place", place) for place in letter.to_places))
    yield _other(letter.other)
    yield _element("SteeringType", letter.steering)
    yield from (_response(each) for each in letter.responses)


def _organisation(name: str, told: Organisation) -> str:
    return _wrap(
        name,
        _element("OrganId", told.code),
        _element("OrganizationInCharge", told.in_charge),
        _element("OrganName", told.name),
        _element("OrganAdd", told.address),
        _element("Email", told.email),
        _element("Telephone", told.telephone),
        _element("Fax", told.fax),
        _element("Website", told.website),
    )


def _signer(signer: Signer | None) -> Iterator[str]:
    if signer:
        yield _wrap(
            "SignerInfo",
            _element("Competence", signer.competence),
            _element("Position", signer.position),
            _element("FullName", signer.full_name),
        )


def _other(other: OtherInfo) -> str:
    return _wrap(
        "OtherInfo",
        _element("Priority", other.priority),
        _element("SphereOfPromulgation", other.sphere),
        _element("TyperNotation", other.typist),
        _element("PromulgationAmount", other.copies),
        _element("PageAmount", other.pages),
        _element("Direction", str(other.is_direction).lower()),
        _wrap("Appendixes", *(_element("Appendix", each) for each in other.appendixes)),
    )


def _response(told: ResponseFor) -> str:
    return _wrap(
        "ResponseFor",
        _element("OrganId", told.organ),
        _element("Code", told.code),
        _element("PromulgationDate", told.promulgated),
        _element("DocumentId", told.document),
    )


def _traces(letter: Letter) -> Iterator[str]:
    for trace in letter.traces:
        yield _wrap("TraceHeader", _element("OrganId", trace.organ), _element("Timestamp", _stamp(trace.at)))
    yield _business(letter.business)


def _business(told: Business) -> str:
    return _wrap(
        "Bussiness",  # so the norm spells it
        _element("BussinessDocType", told.kind),
        _element("BussinessDocReason", told.reason),
        _element("Paper", int(told.paper)),
        *_staff(told.staff),
    )


def _staff(staff: Staff | None) -> Iterator[str]:
    if staff:
        yield _wrap(
            "StaffInfo",
            _element("Department", staff.department),
            _element("Staff", staff.name),
            _element("Mobile", staff.mobile),
            _element("Email", staff.email),
        )


def _reference(number: int, attachment: Attachment) -> str:
    return _wrap(
        "Reference",
        _element("ContentId", cid(number)),
        _element("ContentType", "application/zip"),
        _element("Description", attachment.description or attachment.name),
        _element("AttachmentName", attachment.name),
    )


def _encoded(number: int, attachment: Attachment) -> str:
    encoded = base64.b64encode(_zipped(attachment)).decode()
    return (
        f"<Attachment><ContentId>{cid(number)}</ContentId>"
        f"<AttachmentName>{attachment.name.translate(ESCAPES)}</AttachmentName>"
        f"<Description>{(attachment.description or attachment.name).translate(ESCAPES)}</Description>"
        "<ContentType>application/zip</ContentType>"
        f'<edXML:ContentTransferEncoded xmlns:edXML="{NAMESPACE}">{encoded}</edXML:ContentTransferEncoded>'
        "</Attachment>"
    )


def _zipped(attachment: Attachment) -> bytes:
    packed = io.BytesIO()
    entry = zipfile.ZipInfo(attachment.name, LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(entry, attachment.content)
    return packed.getvalue()


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y/%m/%d %H:%M:%S}"


def _element(name: str, value: str | int) -> str:
    return f"<edXML:{name}>{str(value).translate(ESCAPES)}</edXML:{name}>"


def _wrap(name: str, *inside: str) -> str:
    return f"<edXML:{name}>{''.join(inside)}</edXML:{name}>"
