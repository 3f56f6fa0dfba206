"""Look-ups on a dossier's page: what was asked of national databases, by whom, for what; asked again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request

from domain.applicants import Particulars
from domain.calendar import Translate
from domain.errors import Invalid, Refused
from domain.lookups import Database, Outcome, Purpose, Question, is_of_land
from store import lookups as kept
from store import procedures
from store.database import Connection
from store.dossiers import Dossier
from web import failures, forms, lookups
from web.fee_words import DATABASES, LOOKUP_ENDS, UNVERIFIED
from web.house import visitor_of
from web.lookups import PURPOSES, Shown

TYPED: Mapping[str, int] = {"born": 4, "commune": 5, "map_sheet": 5, "plot": 6}
SIGNS = {Outcome.FOUND: "good", Outcome.NOT_FOUND: "bad", Outcome.UNVERIFIED: "waiting"}


@dataclass(frozen=True, slots=True)
class Line:
    """One question that was asked, in words."""

    at: datetime
    database: str
    purpose: str
    who: str
    sign: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Said:
    """What the form shows after a press: the answer or what is wrong, and everything as it was typed."""

    answer: Shown | None = None
    wrong: str = ""
    status: int = 200
    typed: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(("database", "purpose", *TYPED), ""))


NOTHING = Said()


def context(db: Connection, said: Translate, names: Mapping[str, str], dossier: Dossier) -> dict[str, Any]:
    """The questions of a dossier, the newest first, and what may be asked now."""
    listed = procedures.find(db, dossier.procedure)
    offered = [Database.POPULATION]
    if listed is not None and is_of_land(listed.sector):
        offered.append(Database.LAND)
    return {
        "comparisons": [_line(one, said, names) for one in kept.listed(db, dossier.code)],
        "databases": [(one, said(DATABASES[one])) for one in offered],
        "purposes": [(one, said(word)) for one, word in PURPOSES.items()],
    }


def _line(one: kept.Lookup, said: Translate, names: Mapping[str, str]) -> Line:
    words = said(LOOKUP_ENDS[one.outcome])
    if one.reason in UNVERIFIED:
        words = f"{words}: {said(UNVERIFIED[one.reason])}"
    return Line(
        one.at, said(DATABASES[Database(one.database)]), said(PURPOSES[Purpose(one.purpose)]),
        names.get(one.person, one.person), SIGNS[one.outcome], words,
    )  # fmt: skip


async def asked(request: Request, dossier: Dossier, told: Particulars, form: FormData) -> Said:
    """Ask about this dossier's owner, for the purpose that was chosen; a refusal stands on the form."""
    typed = {name: str(form.get(name, ""))[:20].strip() for name in ("database", "purpose", *TYPED)}
    try:
        for name, longest in TYPED.items():
            forms.text(form, name, longest, required=False)
        if typed["database"] not in (Database.POPULATION, Database.LAND) or typed["purpose"] not in set(Purpose):
            raise Invalid(what="purpose")
        database = Database(typed["database"])
        answer = await lookups.ask(
            request, database, _question(database, told, typed), Purpose(typed["purpose"]),
            visitor_of(request).who, dossier.code,
        )  # fmt: skip
    except Refused as refused:
        return Said(
            wrong=failures.sentence(refused, request.state.language),
            status=failures.status_of(refused),
            typed=typed,
        )
    return Said(lookups.shown(request, answer), typed=typed)


def _question(database: Database, told: Particulars, typed: Mapping[str, str]) -> Question:
    owner = told.owner
    if database is Database.LAND:
        return lookups.land_question(typed["commune"], typed["map_sheet"], typed["plot"], owner.identity)
    return lookups.person_question(owner.identity, owner.name, typed["born"])
