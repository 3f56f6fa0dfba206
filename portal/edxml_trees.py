"""Hostile XML into a small tree, or a refusal: no DTD, no entities, no instructions, one encoding, caps on all.

Expat below 2.6 reads a huge token again with every piece that it is given (CVE-2023-52425), and goes on to the end
after a handler has refused. So the bytes are counted before, and given in one piece.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from domain.errors import Refused, msgid

LARGEST = 20 * 1024 * 1024
MOST_MARKS = 20_000  # every element has one or two "<"
MOST_EQUALS = 5_000  # every attribute has one "="
MOST_ATTRIBUTES = 12
LONGEST_ATTRIBUTES = 2_000
DEEPEST = 24
SEPARATOR = " "


class DocumentRefused(Refused):
    """A document from the axis that is not taken in; nothing was kept of it."""

    text = msgid("Không nhận văn bản này. Hãy đề nghị nơi gửi gửi lại.")


class DocumentTooLarge(DocumentRefused):
    text = msgid("Văn bản đến quá lớn. Hãy đề nghị nơi gửi chia nhỏ tệp đính kèm.")


class DocumentUnreadable(DocumentRefused):
    text = msgid("Văn bản đến không phải tệp edXML đọc được. Hãy đề nghị nơi gửi gửi lại.")


class DocumentForbidden(DocumentRefused):
    """A DTD, an entity, an instruction or another encoding: never needed, always a danger."""

    text = msgid("Văn bản đến chứa thành phần bị cấm (%(what)s). Không mở; hãy báo cho nơi gửi.")


class DocumentTooComplex(DocumentRefused):
    text = msgid("Văn bản đến có cấu trúc quá phức tạp (%(what)s). Không mở; hãy báo cho nơi gửi.")


@dataclass(slots=True)
class Node:
    """One element: its namespace, its name, its own text in pieces, and the elements in it."""

    namespace: str
    name: str
    pieces: list[str] = field(default_factory=list)
    inside: "list[Node]" = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text, without the white space around it."""
        return "".join(self.pieces).strip()

    def every(self, name: str) -> "Iterator[Node]":
        """The elements of this name in it."""
        return (node for node in self.inside if node.name == name)


def read_tree(raw: bytes) -> Node:
    """The root element. Raises a DocumentRefused, and nothing else, whatever the bytes are."""
    _check_bytes(raw)
    builder = _Builder()
    parser = expat.ParserCreate("utf-8", SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.say
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = builder.forbid_doctype
    parser.ExternalEntityRefHandler = parser.SkippedEntityHandler = builder.forbid_doctype
    parser.ProcessingInstructionHandler = builder.forbid_instruction
    parser.XmlDeclHandler = builder.check_declaration
    try:
        parser.Parse(raw, True)
    except expat.ExpatError:
        raise DocumentUnreadable() from None
    if builder.root is None:
        raise DocumentUnreadable()
    return builder.root


def _check_bytes(raw: bytes) -> None:
    if len(raw) > LARGEST:
        raise DocumentTooLarge()
    if raw.count(b"<") > MOST_MARKS:
        raise DocumentTooComplex(what="<>")
    if raw.count(b"=") > MOST_EQUALS:
        raise DocumentTooComplex(what="=")
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise DocumentForbidden(what="DTD")
    # UTF-16, UTF-32 and UTF-7 could hide all of the above from these counts.
    if b"\0" in raw or not raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise DocumentUnreadable()
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raise DocumentUnreadable() from None


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise DocumentTooComplex(what=str(DEEPEST))
        if len(attributes) > MOST_ATTRIBUTES or sum(map(len, attributes.values())) > LONGEST_ATTRIBUTES:
            raise DocumentTooComplex(what="=")
        namespace, _, local = name.rpartition(SEPARATOR)
        node = Node(namespace, local)
        if self._open:
            self._open[-1].inside.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, name: str) -> None:
        self._open.pop()

    def say(self, text: str) -> None:
        self._open[-1].pieces.append(text)

    def forbid_doctype(self, *about: object) -> int:
        raise DocumentForbidden(what="DTD")

    def forbid_instruction(self, target: str, data: str) -> None:
        raise DocumentForbidden(what="<?…?>")

    def check_declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
            raise DocumentForbidden(what="encoding")
