"""What the sandbox of the axis has taken and handed out, in bounded memory, and what shall go wrong next."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

from portal.sandbox.axis_rules import Read, parsed, read

MAX_DOCUMENTS = 500
MAX_LOG = 300
AGAIN = "-lan-2"
VIETNAM = timezone(timedelta(hours=7))
FAULTS = ("timeout_after_commit", "bad_gateway", "wrong_key", "not_json", "duplicate_delivery")
NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"


@dataclass(frozen=True, slots=True)
class Agency:
    """Somebody who can be written to; `code102` is the code of the older norm."""

    code: str
    code102: str
    name: str
    is_locked: bool = False


AGENCIES = (
    Agency("H56.19", "000.00.19.H56", "Trung tâm Phục vụ hành chính công"),
    Agency("H56.07", "000.00.07.H56", "Chi cục Thuế khu vực"),
    Agency("H56.08", "000.00.08.H56", "Sở Tài chính"),
    Agency("H56.12.DD", "000.12.00.H56", "Chi nhánh Văn phòng đăng ký đất đai"),
    Agency("H56.19.CA", "000.19.01.H56", "Công an phường"),
    Agency("H56.30", "000.00.30.H56", "Công an tỉnh"),
    Agency("G01.12", "000.00.12.G01", "Công an phường (ngành dọc)"),
    Agency("H56.99", "000.00.99.H56", "Đơn vị đã khóa", is_locked=True),
)


@dataclass(slots=True)
class Document:
    """One document that the axis holds; `marks` is what each receiver has said by updateStatus."""

    axis_id: str
    raw: bytes
    read: Read
    at: datetime
    marks: dict[str, str] = field(default_factory=dict)


class AxisState:
    """The memory of one sandbox axis. Written by the server's thread, read by any."""

    def __init__(self, now: Callable[[], datetime], agencies: tuple[Agency, ...] = AGENCIES) -> None:
        self._now = now
        self.agencies = agencies
        self._lock = threading.Condition(threading.RLock())
        self._documents: dict[str, Document] = {}
        self._faults: Counter[str] = Counter()
        self._numbers = 0
        self.silence_seconds = 90.0
        self.log: deque[str] = deque(maxlen=MAX_LOG)

    @property
    def documents(self) -> list[Document]:
        """What the axis holds, oldest first."""
        with self._lock:
            return list(self._documents.values())

    def find(self, axis_id: str) -> Document | None:
        """The document with this number."""
        with self._lock:
            return self._documents.get(axis_id.removesuffix(AGAIN))

    def agency(self, code: str) -> Agency | None:
        """Who has this code, in either generation."""
        return next((each for each in self.agencies if code in (each.code, each.code102)), None)

    def wait_until(self, condition: Callable[[AxisState], bool], seconds: float = 5.0) -> bool:
        """Waits in another thread until `condition` of this state holds; False if it never did."""
        with self._lock:
            return self._lock.wait_for(lambda: condition(self), seconds)

    def clear(self) -> None:
        """Forgets everything, as if just started."""
        with self._lock:
            self._documents.clear()
            self._faults.clear()
            self.log.clear()

    def keep(self, raw: bytes, found: Read) -> Document:
        """Takes a document; one that comes twice stands there twice, as at the real axis."""
        with self._lock:
            while len(self._documents) >= MAX_DOCUMENTS:
                del self._documents[next(iter(self._documents))]
            self._numbers += 1
            document = Document(f"vb-{self._numbers:06d}", raw, found, self._now())
            self._documents[document.axis_id] = document
            self._lock.notify_all()
            return document

    def put_in(self, raw: bytes) -> Document:
        """Another agency sends this; what it is must be readable. Raises ValueError."""
        root = parsed(raw)
        found, problems = read(root) if root is not None else (None, ["XML"])
        if found is None:
            raise ValueError("; ".join(problems))
        return self.keep(raw, found)

    def put_in_unread(self, raw: bytes, sender: str, receiver: str, kind: str = "edoc") -> Document:
        """Another agency sends what no axis should carry: for tests of the other side's parser."""
        return self.keep(raw, Read(kind, sender, (receiver,), "", "", "", (), is_signed=False))

    def answer(self, axis_id: str, code: str, receiver: str = "") -> Document:
        """A receiver of this document answers with a status message. Raises LookupError, ValueError."""
        with self._lock:
            about = self._documents[axis_id].read
        return self.put_in(_status(about, receiver or about.receivers[0], code, self._now()))

    def sent_by(self, code: str, kind: str) -> list[Document]:
        """What this agency has sent."""
        return [each for each in self.documents if each.read.sender == code and each.read.kind == kind]

    def waiting_for(self, code: str, kind: str) -> Iterator[tuple[str, Document]]:
        """What waits for this agency: number and document; each twice, under two numbers, when so switched."""
        twice = self.take_fault("duplicate_delivery")
        for each in self.documents:
            if code in each.read.receivers and each.read.kind == kind:
                if twice:
                    yield each.axis_id + AGAIN, each
                if each.marks.get(code) not in ("done", "fail"):
                    yield each.axis_id, each

    def mark(self, axis_id: str, code: str, status: str) -> bool:
        """A receiver says how far it is; False for a document that is not here."""
        document = self.find(axis_id)
        if document is None:
            return False
        with self._lock:
            document.marks[code] = status
            self._lock.notify_all()
        return True

    def set_fault(self, name: str, times: int = 1) -> None:
        """Lets this go wrong so many times; 0 turns it off. Raises ValueError."""
        if name not in FAULTS or not 0 <= times <= 1_000_000:
            raise ValueError(f"name must be one of {', '.join(FAULTS)}")
        with self._lock:
            self._faults[name] = times

    def take_fault(self, name: str) -> bool:
        """Whether this goes wrong now; counted down."""
        with self._lock:
            if not self._faults[name]:
                return False
            self._faults[name] -= 1
            return True

    def active_faults(self) -> dict[str, int]:
        """How often each switch still strikes."""
        with self._lock:
            return {name: times for name, times in self._faults.items() if times}

    def note(self, line: str) -> None:
        """Writes one line of the log: a call and its outcome, never what a document says."""
        with self._lock:
            self.log.append(f"{self._now().astimezone(VIETNAM):%H:%M:%S} {line}")
            self._lock.notify_all()


def _status(about: Read, receiver: str, code: str, at: datetime) -> bytes:
    number = about.document.rpartition(",")[2]
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="{NAMESPACE}"><edXML:edXMLEnvelope xmlns:edXML="{NAMESPACE}"><edXML:edXMLHeader><edXML:MessageHeader>
<edXML:ResponseFor><edXML:OrganId>{escape(about.sender)}</edXML:OrganId><edXML:Code>{escape(number)}</edXML:Code>
<edXML:PromulgationDate></edXML:PromulgationDate><edXML:DocumentId>{escape(about.document)}</edXML:DocumentId>
</edXML:ResponseFor><edXML:From><edXML:OrganId>{escape(receiver)}</edXML:OrganId>
<edXML:OrganName>Bên nhận thử nghiệm</edXML:OrganName></edXML:From>
<edXML:StatusCode>{escape(code)}</edXML:StatusCode><edXML:Description></edXML:Description>
<edXML:Timestamp>{at.astimezone(VIETNAM):%Y/%m/%d %H:%M:%S}</edXML:Timestamp>
</edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>""".encode()
