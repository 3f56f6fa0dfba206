"""What the tests of the axis share: a letter of our own, one of another agency, and documents that mean harm."""

import base64
import io
import stat
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from domain.letters import (
    Attachment,
    Business,
    Letter,
    Organisation,
    OtherInfo,
    ResponseFor,
    Signer,
    Staff,
    Trace,
)

CENTRE = Organisation("H56.19", "Trung tâm Phục vụ hành chính công phường Hạc Thành", "UBND phường Hạc Thành")
LAND = Organisation("H56.07", "Chi nhánh Văn phòng đăng ký đất đai", "Sở Nông nghiệp và Môi trường")
POLICE = Organisation("000.00.12.G01", "Công an phường Hạc Thành")
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 8
MORNING = datetime(2026, 7, 13, 1, 42, tzinfo=UTC)
LETTER = Letter(
    sender=CENTRE, receivers=(LAND,), number="12", notation="PXL-TTPVHCC", promulgated=date(2026, 7, 13),
    place="Hạc Thành", subject="Xin lỗi và đề nghị gia hạn hồ sơ H56.19-260713-0042",
    content="Lý do: <chờ> & xác minh",
    type_name="Văn bản xin lỗi", signer=Signer("Lê Thị Mẫu", "Giám đốc", "KT."), due=date(2026, 7, 20),
    to_places=("Như trên", "Lưu: VT"), other=OtherInfo(sphere="Đất đai", pages=2, appendixes=("Phụ lục",)),
    steering=1, responses=(ResponseFor("H56.07", "H56.07,2026/07/01,7/CV", "7/CV", "2026/07/01"),),
    business=Business(staff=Staff("Một cửa", "Cán bộ 1", "0900000001", "motcua@example.vn")),
    traces=(Trace("H56.19", MORNING),), attachments=(Attachment("Mẫu 04.pdf", PDF),),
)  # fmt: skip
PLAIN = replace(LETTER, attachments=())

# A document as another agency's program writes it: typed by hand after the norm, not made by our own code.
FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">
  <edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">
    <edXML:edXMLHeader>
      <edXML:MessageHeader>
        <edXML:From><edXML:OrganId>28.22.H17</edXML:OrganId><edXML:OrganName>Ủy ban</edXML:OrganName></edXML:From>
        <edXML:To><edXML:OrganId>H56.19</edXML:OrganId></edXML:To>
        <edXML:DocumentId>28.22.H17,2026/07/14,7816/UBND-VP</edXML:DocumentId>
        <edXML:Code><edXML:CodeNumber>7816</edXML:CodeNumber><edXML:CodeNotation>UBND-VP</edXML:CodeNotation></edXML:Code>
        <edXML:PromulgationInfo><edXML:Place>Hà Nội</edXML:Place><edXML:PromulgationDate>2026/07/14</edXML:PromulgationDate></edXML:PromulgationInfo>
        <edXML:DocumentType><edXML:Type>1</edXML:Type><edXML:TypeName>Công văn</edXML:TypeName></edXML:DocumentType>
        <edXML:Subject>V/v trả lời ý kiến</edXML:Subject>
        <edXML:OtherInfo><edXML:Direction>false</edXML:Direction><edXML:TSPrinted>x</edXML:TSPrinted></edXML:OtherInfo>
      </edXML:MessageHeader>
      <edXML:TraceHeaderList>
        <edXML:TraceHeader><edXML:OrganId>28.22.H17</edXML:OrganId><edXML:Timestamp>2026/07/14 08:30:00</edXML:Timestamp></edXML:TraceHeader>
        <edXML:Bussiness><edXML:BussinessDocType>0</edXML:BussinessDocType><edXML:Paper>0</edXML:Paper></edXML:Bussiness>
      </edXML:TraceHeaderList>
      <Signature><SignedInfo/><SignatureValue>GbVb8n9+qFxz466Ag0sbpQ==</SignatureValue></Signature>
    </edXML:edXMLHeader>
    <edXML:edXMLBody><edXML:edXMLManifest version="1.0"/></edXML:edXMLBody>
  </edXML:edXMLEnvelope>
  <AttachmentEncoded>
    <Attachment><ContentId>cid:209</ContentId><AttachmentName>y-kien.doc</AttachmentName>
      <Description>y-kien.doc</Description><ContentType>application/zip</ContentType>
      <edXML:ContentTransferEncoded xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">%s</edXML:ContentTransferEncoded>
    </Attachment>
  </AttachmentEncoded>
</edXML>"""  # noqa: E501


def zipped(*entries: tuple[str, bytes], mode: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these entries; `mode` is the kind of file that they say they are."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.compress_type = mode << 16, method
            archive.writestr(entry, content)
    return packed.getvalue()


def foreign(content: bytes | str = zipped(("y-kien.doc", b"Dong y"))) -> bytes:
    """The other agency's letter with this as its one attachment."""
    encoded = content if isinstance(content, str) else base64.b64encode(content).decode()
    return (FOREIGN % encoded).encode()


def status_document(code: str = "03", document: str = LETTER.document_id, sender: str = "H56.07") -> bytes:
    """A status message as another agency's program writes it."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">
 <edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader><edXML:MessageHeader>
  <edXML:ResponseFor><edXML:OrganId>H56.19</edXML:OrganId><edXML:Code>12/PXL</edXML:Code>
   <edXML:PromulgationDate>2026/07/13</edXML:PromulgationDate><edXML:DocumentId>{document}</edXML:DocumentId></edXML:ResponseFor>
  <edXML:From><edXML:OrganId>{sender}</edXML:OrganId><edXML:OrganName>Văn phòng</edXML:OrganName></edXML:From>
  <edXML:StatusCode>{code}</edXML:StatusCode><edXML:Description>đã xem</edXML:Description>
  <edXML:Timestamp>2026/07/13 10:00:00</edXML:Timestamp>
  <edXML:StaffInfo><edXML:Department>Văn thư</edXML:Department><edXML:Staff>Cán bộ 2</edXML:Staff></edXML:StaffInfo>
 </edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>""".encode()


def laughs(levels: int = 9) -> bytes:
    """A billion of them."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels + 1))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><edXML>&l{levels};</edXML>'.encode()


MEGABYTE = 1024 * 1024
BOMB = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]><x>' + b"&a;" * 50_000 + b"</x>"
TWO_SENDERS = b"<edXML:From><edXML:OrganId>H56</edXML:OrganId></edXML:From><edXML:To>"
HARM: dict[str, Any] = {
    "billion laughs": laughs,
    "quadratic blow-up": lambda: BOMB,
    "external entity": lambda: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "external dtd": lambda: b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
    "parameter entity": lambda: b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]><x/>',
    "unknown entity": lambda: b"<x>&nbsp;</x>",
    "instruction": lambda: foreign().replace(b"<edXML ", b'<?xml-stylesheet href="x.xsl"?><edXML ', 1),
    "instruction in the middle": lambda: foreign().replace(b"<AttachmentEncoded>", b"<?p x?><AttachmentEncoded>"),
    "deep nesting": lambda: b"<x>" * 3_000_000,
    "nesting a little too deep": lambda: b"<x>" * 40 + b"</x>" * 40,
    "many elements": lambda: b"<x>" + b"<y/>" * 4_000_000 + b"</x>",
    "huge attribute": lambda: b'<x a="' + b"a" * (18 * MEGABYTE) + b'"/>',
    "many attributes": lambda: b"<x " + b" ".join(b'a%d=""' % n for n in range(1_500_000)) + b"/>",
    "a few attributes too many": lambda: b"<x " + b" ".join(b'a%d=""' % n for n in range(20)) + b"/>",
    "huge name": lambda: b"<" + b"x" * (18 * MEGABYTE) + b"/>",
    "huge comment": lambda: b"<x><!--" + b"a" * (18 * MEGABYTE) + b"</x>",
    "huge cdata": lambda: b"<x><![CDATA[" + b"]]" * (9 * MEGABYTE) + b"</x>",
    "too large": lambda: b"<x>" + b"a" * (21 * MEGABYTE) + b"</x>",
    "utf-16": lambda: laughs().decode().encode("utf-16"),
    "utf-16 without mark": lambda: laughs().decode().encode("utf-16-be"),
    "utf-32": lambda: laughs().decode().encode("utf-32"),
    "utf-7": lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4-<x/>',
    "another encoding": lambda: b'<?xml version="1.0" encoding="ISO-8859-1"?><x>\xe9</x>',
    "declared otherwise": lambda: b'<?xml version="1.0" encoding="cp037"?><x/>',
    "overlong utf-8": lambda: b"<x>\xc0\xbc</x>",
    "surrogates": lambda: b"<x>\xed\xa0\x80</x>",
    "null bytes": lambda: b"<x>\0</x>",
    "undeclared prefix": lambda: b"<p:x/>",
    "nothing": lambda: b"",
    "white space": lambda: b" \n" * 1000,
    "text": lambda: b"xin chao",
    "two roots": lambda: b"<x/><x/>",
    "another root": lambda: b"<x/>",
    "another norm": lambda: foreign().replace(b"QCVN_102_2016", b"QCVN_102_2010"),
    "two senders": lambda: foreign().replace(b"<edXML:To>", TWO_SENDERS),
    "two ids": lambda: foreign().replace(b"<edXML:Code>", b"<edXML:DocumentId>H56,1,2</edXML:DocumentId><edXML:Code>"),  # noqa: E501
    "no id": lambda: foreign().replace(b"DocumentId>", b"Documentid>"),
    "no receiver": lambda: foreign().replace(b"edXML:To>", b"edXML:Two>"),
    "sender is no agency": lambda: foreign().replace(b"<edXML:OrganId>28", b"<edXML:OrganId>../x"),
    "unknown business": lambda: foreign().replace(b"DocType>0<", b"DocType>9<"),
    "unknown status": lambda: status_document("07"),
    "status of nothing": lambda: status_document(document=""),
    "no base64": lambda: foreign("%%%%"),
    "half base64": lambda: foreign("UEs"),
    "cut zip": lambda: foreign(zipped(("a", b"a" * 1000))[:-30]),
    "zip bomb": lambda: foreign(zipped(*((f"{n}", b"\0" * (30 * MEGABYTE)) for n in range(3)))),
    "zip with many entries": lambda: foreign(zipped(*((f"{n}", b"") for n in range(101)))),
    "zip with an endless directory": lambda: foreign(b"PK\x03\x04" + b"PK\x01\x02" * 6000),
    "zip with a link": lambda: foreign(zipped(("link", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777)),
    "zip with a device": lambda: foreign(zipped(("dev", b""), mode=stat.S_IFCHR | 0o600)),
    "zip by another method": lambda: foreign(zipped(("a", b"a"), method=zipfile.ZIP_LZMA)),
    "locked zip": lambda: foreign(_locked(zipped(("a", b"a")))),
    "lying zip": lambda: foreign(_lying(zipped(("a", b"a" * 5000)))),
}  # fmt: skip


def _locked(packed: bytes) -> bytes:
    marked = bytearray(packed)
    marked[6] |= 1
    marked[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(marked)


def _lying(packed: bytes) -> bytes:
    """It says that less comes out than does."""
    marked = bytearray(packed)
    at = packed.index(b"PK\x01\x02") + 24
    marked[at : at + 4] = (3).to_bytes(4, "little")
    return bytes(marked)
