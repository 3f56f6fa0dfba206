"""Look-ups at the counter: what a reception sheet asks of a national database, and the answers that it carries.

The purpose is reception, the dossier has no code yet: it takes the questions over when it is received.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from counter.sheets import Sheet
from domain.errors import NotFound
from domain.identities import told_by
from domain.lookups import Database, Purpose, Question, is_of_land
from store.vault import Vault
from web import lookups
from web.house import house_of
from web.lookups import Shown, TooLittle

OFFERED = (Database.POPULATION, Database.LAND)
# Where the cursor goes when a question is not whole.
FIRST_FIELD: Mapping[Database, str] = {Database.POPULATION: "identity", Database.LAND: "commune"}


async def compared(request: Request, sheet: Sheet, name: str, person: str) -> Sheet:
    """The sheet with the answer, or with a fault where the question is not whole. Raises NotFound."""
    if name not in OFFERED:
        raise NotFound(what=name[:20])
    database = Database(name)
    try:
        kept = await lookups.ask(request, database, question(sheet, database), Purpose.RECEPTION, person)
    except TooLittle as refused:
        return sheet.faulted(**{f"ask_{database}": refused})
    return sheet.filled(**{database: lookups.sealed(house_of(request).vault, kept)})


def question(sheet: Sheet, database: Database) -> Question:
    """What stands in the fields now."""
    if database is Database.LAND:
        return lookups.land_question(
            sheet.of("commune"), sheet.of("map_sheet"), sheet.of("plot"), sheet.of("identity")
        )
    return lookups.person_question(sheet.of("identity"), sheet.of("owner_name"), sheet.of("born"))


def shown(request: Request, sheet: Sheet, sector: str) -> dict[str, Any]:
    """What the page shows of look-ups: the answers by database, whether land is asked about, a year to be typed."""
    number = "".join(sheet.of("identity").split())
    return {
        "answers": {database: _answer(request, sheet, database) for database in OFFERED},
        "of_land": is_of_land(sector),
        "asks_year": bool(sheet.of("born")) or (bool(number) and told_by(number) is None),
    }


def _answer(request: Request, sheet: Sheet, database: Database) -> Shown | None:
    kept = _kept(house_of(request).vault, sheet, database)
    return lookups.shown(request, kept, question(sheet, database)) if kept else None


def numbers(vault: Vault, sheet: Sheet) -> tuple[int, ...]:
    """The questions about what stands in the sheet, by their numbers in the book; those about other words not."""
    found = []
    for database in OFFERED:
        kept = _kept(vault, sheet, database)
        if kept and lookups.is_about(vault, kept, question(sheet, database)):
            found.append(kept.number)
    return tuple(found)


def _kept(vault: Vault, sheet: Sheet, database: Database) -> lookups.Kept | None:
    kept = lookups.unsealed(vault, sheet.of(database))
    return kept if kept and kept.database is database else None
