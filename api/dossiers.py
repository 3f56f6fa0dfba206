"""Dossiers for programs: received at a counter through the same operation as the page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api import messages
from api.callers import WORKERS, counter_of, json, person_of
from api.messages import ReceiveDossier
from domain import checklists
from domain.applicants import Paper, Particulars, applicant, particulars, to_bytes
from domain.errors import Invalid
from domain.roles import open_to
from operations import intake
from store import marks, procedures
from web.house import House, act_of, house_of


@open_to(*WORKERS, body_limit=65_536)
async def receive_dossier(request: Request) -> Response:
    """Receive a dossier at a counter; receipt and portal follow by themselves."""
    house, wanted = house_of(request), messages.decode(await request.body(), ReceiveDossier)
    counter = counter_of(request)
    told = _particulars(wanted)
    _check_case(house, wanted)
    taken = intake.Intake(
        wanted.procedure, house.vault.seal(to_bytes(told)), wanted.owner_kind, wanted.delivery,
        found_by=marks.of_owner(house.vault, told.owner), channel=wanted.channel, case=wanted.case,
    )  # fmt: skip
    received = await house.store.write(
        act_of(request), intake.receive_dossier, counter, person_of(request).id, taken
    )
    return json(messages.DossierShown(received.code, received.due.isoformat() if received.due else None), 201)


def _particulars(wanted: ReceiveDossier) -> Particulars:
    """What is to be sealed. Raises Invalid and its kinds."""
    owner = applicant(wanted.owner_name, wanted.identity, wanted.phone, wanted.address, wanted.email)
    acting = wanted.representative
    if wanted.delivery == intake.BY_POST and not (wanted.deliver_to or wanted.address):
        raise Invalid(what="address")
    return particulars(
        owner, wanted.summary, [_paper(paper) for paper in wanted.papers],
        applicant(acting.name, acting.identity, acting.phone, acting.address) if acting else None,
        acting.authorisation if acting else "", wanted.deliver_to,
    )  # fmt: skip


def _paper(paper: messages.Paper) -> Paper:
    said = paper.originals or paper.certified or paper.copies or paper.digitised or paper.reused
    copies = paper.copies if said else 1
    return Paper(paper.name, paper.originals, paper.certified, copies, paper.digitised, paper.reused)


def _check_case(house: House, wanted: ReceiveDossier) -> None:
    """A case that the procedure does not have is a mistake of the program's. Raises Invalid."""
    found = house.store.read(procedures.find, wanted.procedure)
    if wanted.case and found is not None and wanted.case not in checklists.cases(found):
        raise Invalid(what="case")


ROUTES: list[BaseRoute] = [
    Route("/api/v1/counters/{counter:int}/dossiers", receive_dossier, methods=["POST"]),
]
