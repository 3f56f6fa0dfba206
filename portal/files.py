"""The files of a dossier as the portal is told of them: by address, and only what was recorded.

Without an address of this centre to be fetched from no file is named; with no result file no result is sent.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from domain.attachments import NAMELESS, Part
from domain.procedures import Procedure
from operations.attaching import choices
from portal.messages import Document, DossierFacts, Result
from store import attachments, file_links, procedures
from store.attachments import Attachment
from store.database import Connection
from store.vault import Vault


@dataclass(frozen=True, slots=True)
class Fetching:
    """Where the portal reaches this centre's files (`url`, empty: nowhere), and how long an address lives."""

    url: str = ""
    life: timedelta = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class _Told:
    file: Attachment
    name: str
    address: str


def with_files(db: Connection, vault: Vault, facts: DossierFacts, fetching: Fetching) -> DossierFacts:
    """The facts with the documents and results of this dossier; links must have been issued before."""
    present = attachments.of_dossier(db, facts.code)
    digitised = facts.digitised or any(file.digitised for file in present if file.part is not Part.OTHER)
    if not fetching.url:
        return replace(facts, digitised=digitised)
    told = _told(db, vault, facts.code, fetching)
    procedure = procedures.find(db, facts.procedure_code)
    return replace(
        facts,
        digitised=digitised,
        documents=tuple(_document(one) for one in told if one.file.part is Part.SUBMITTED),
        results=tuple(
            _result(one, procedure) for one in told if one.file.part is Part.RESULT and not one.file.removed_at
        ),
    )


def _told(db: Connection, vault: Vault, dossier: str, fetching: Fetching) -> list[_Told]:
    """Every file that the portal has or should have an address of; what was never told is left out for good."""
    links, names = attachments.links(db, dossier), attachments.sealed_names(db, dossier)
    found = []
    for file in attachments.of_dossier(db, dossier, removed=True):
        if file.number in links:
            sealed = names.get(file.number)
            name = vault.unseal(sealed).decode() if sealed else f"{NAMELESS}-{file.number}{file.media.ending}"
            path = file_links.path(vault, links[file.number])
            found.append(_Told(file, name, f"{fetching.url.rstrip('/')}/{path}"))
    return found


def _document(told: _Told) -> Document:
    file = told.file
    return Document(
        file_id=str(file.number),
        file_name=told.name,
        address=told.address,
        digitised=file.digitised,
        reused=file.reused,
        from_warehouse=file.from_warehouse,
        deleted=file.removed_at is not None,
    )


def _result(told: _Told, procedure: Procedure | None) -> Result:
    file = told.file
    names = dict(choices(procedure, Part.RESULT))
    return Result(names.get(file.component) or told.name, str(file.number), told.address, file.component)
