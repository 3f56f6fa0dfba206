"""For every route about letters one request that it takes."""

from dataclasses import replace

import msgspec

from domain.letters import Attachment, LetterKind
from operations import corresponding
from store import letters
from tests.portal.letters import LETTER
from tests.support.asking import a_number, request_id
from tests.web.crowd import Asked, Crowd, Example

_TYPED = {
    "purpose": "consultation::", "receiver": "H56.08", "notation": "CV-TTPVHCC", "subject": "Lấy ý kiến",
    "content": "Đề nghị cho ý kiến.", "signer": "Lê Thị Mẫu", "signed": "2026-01-05",
}  # fmt: skip


def _letter(c: Crowd, *, parked: bool = False) -> int:
    """A letter about a dossier, with one file."""
    vault = c.server.app.state.house.vault
    written = replace(LETTER, number=str(a_number()), attachments=(Attachment("Mẫu 06.pdf", b"%PDF-1.7"),))
    new = corresponding.write_letter(written, LetterKind.HAND_OVER, vault.seal, c.dossier())
    number = int(c.do(corresponding.queue_letter, new))
    if parked:
        c.do(corresponding.park, number, "Trục liên thông văn bản không nhận văn bản.")
    return number


def _arrived(c: Crowd) -> int:
    """A letter that came to the centre."""
    sealed = c.server.app.state.house.vault.seal(msgspec.json.encode(LETTER))
    return int(
        c.do(corresponding.take_in, corresponding.NewArrival("H56.07", f"vb-{a_number()}", "", sealed, sealed))
    )


def _dossier(c: Crowd) -> str:
    found = c.server.store.read(letters.find, _letter(c))
    assert found is not None and found.dossier is not None
    return found.dossier


LETTERS: dict[str, Example] = {
    "GET /dossiers/letters": lambda c, w: Asked("/dossiers/letters"),
    "GET /dossiers/letters/{letter}": lambda c, w: Asked(f"/dossiers/letters/{_letter(c)}"),
    "GET /dossiers/letters/{letter}/files/{file}": lambda c, w: Asked(f"/dossiers/letters/{_letter(c)}/files/1"),
    "POST /dossiers/letters/{letter}/resends": lambda c, w: Asked(
        f"/dossiers/letters/{_letter(c, parked=True)}/resends", {"request_id": request_id()}
    ),
    "POST /dossiers/letters/{letter}/answers": lambda c, w: Asked(
        f"/dossiers/letters/{_arrived(c)}/answers", {"request_id": request_id(), "status": "03"}
    ),
    "GET /dossiers/{code}/letters": lambda c, w: Asked(f"/dossiers/{_dossier(c)}/letters"),
    "GET /dossiers/{code}/letters/new": lambda c, w: Asked(f"/dossiers/{c.dossier()}/letters/new"),
    "POST /dossiers/{code}/letters": lambda c, w: Asked(
        f"/dossiers/{c.dossier()}/letters", {**_TYPED, "number": str(a_number()), "request_id": request_id()}
    ),
}
