"""Managers and administrators: what the centre is, who works here, which screens and papers are well."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import (
    appointments,
    calling,
    catalogue,
    centre,
    centre_forms,
    devices,
    floor,
    journal,
    keeping,
    morning,
    paper_numbers,
    portal_desk,
    printers,
    receivers,
    recording,
    refused_arrivals,
    reports,
    slip_pictures,
    slips,
    stories,
    takings,
    views,
    voice,
)
from domain.errors import Invalid, NotFound, UnknownProcedure
from domain.roles import COUNTER_ROLES, LEADING_ROLES, PERSON_ROLES, Role, open_to
from operations import entering, managing, opening, printing, syncing
from operations.entering import find_device
from store import outbox, procedures, tickets
from web import forms
from web.devices import new_code, plain_code
from web.house import act_of, house_of
from web.languages import translator
from web.pages import go, page
from web.scope import own_scope
from web.sessions import hash_password
from web.visitors import hash_of

LEADERS = tuple(sorted(LEADING_ROLES))
READERS = (*LEADERS, Role.ADMINISTRATOR, Role.AUDITOR)
GUIDES = (*READERS, Role.GUIDE, *sorted(COUNTER_ROLES))
CLERKS_DESK = (*LEADERS, Role.CLERK)


@open_to(*READERS)
async def show_overview(request: Request) -> Response:
    """The centre as configured, and how it is."""
    return page(request, "admin/overview.html", **await views.overview(request))


@open_to(*GUIDES)
async def show_procedures(request: Request) -> Response:
    """The catalogue, searched without diacritics."""
    words = forms.words(request, "q", 80)
    return page(request, "admin/procedures.html", words=words, **views.catalogue(request, words))


@open_to(*GUIDES)
async def show_procedure(request: Request) -> Response:
    """One record of the catalogue, verbatim."""
    found = house_of(request).store.read(procedures.find, request.path_params["code"])
    if found is None:
        raise UnknownProcedure(procedure=request.path_params["code"][:20])
    return page(request, "admin/procedure.html", procedure=found, **views.frame(request))


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def offer_pairing(request: Request) -> Response:
    """Show a one-time code for a screen; only its hash is kept."""
    house, device = house_of(request), request.path_params["device"]
    code = new_code()
    await house.store.write(act_of(request), entering.offer_pairing, device, hash_of(plain_code(code)))
    found = find_device(house.store.centre(), device)
    return page(request, "admin/pairing.html", device=found, code=code, **views.frame(request))


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def revoke_device(request: Request) -> Response:
    """The screen opens nothing any more."""
    form = await forms.read_form(request)
    await house_of(request).store.write(
        act_of(request, form), entering.revoke_device, request.path_params["device"]
    )
    return go("/admin")


@open_to(Role.ADMINISTRATOR, body_limit=4096)
async def add_person(request: Request) -> Response:
    """Let somebody work here."""
    form = await forms.read_form(request)
    login, name = forms.text(form, "login", 32), forms.text(form, "name", 80)
    password = str(form.get("password", ""))
    if (
        not 10 <= len(password) <= 200
        or not login.replace("-", "").replace(".", "").isalnum()
        or not login.isascii()
    ):
        raise Invalid(what="login, password (10+)")
    roles = [role for role in form.getlist("role") if role in set(PERSON_ROLES)]
    await house_of(request).store.write(
        act_of(request, form), managing.add_person, login.lower(), name, [str(r) for r in roles],
        await views.in_thread(hash_password, password),
    )  # fmt: skip
    return go("/admin")


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def confirm_day(request: Request) -> Response:
    """Today's date is right, however far it lies from the last day."""
    form = await forms.read_form(request)
    await house_of(request).store.write(act_of(request, form), opening.confirm_day)
    return go("/admin")


@open_to(*CLERKS_DESK)
async def show_desk(request: Request) -> Response:
    """What the portal refused and what paper nobody confirmed: read by a person, mended, sent again."""
    house, said = house_of(request), translator(request.state.language)
    told = receivers.given_up(house, said) if own_scope(request).agency is None else []
    return page(request, "admin/desk.html", receivers=told, **views.desk(request))


@open_to(*CLERKS_DESK, body_limit=2048)
async def resend(request: Request) -> Response:
    """Send a parked message again."""
    house, form, message = house_of(request), await forms.read_form(request), request.path_params["message"]
    found = house.store.read(outbox.portal_message, message)
    if found is not None and not slips.has_dossier(house, own_scope(request), found.dossier):
        raise NotFound(what=f"#{message}")
    await house.store.write(act_of(request, form), syncing.resend, message)
    return go("/admin/desk")


@open_to(*CLERKS_DESK, body_limit=2048)
async def reprint(request: Request) -> Response:
    """One more copy of a ticket's slip, marked as such."""
    form = await forms.read_form(request)
    printer = slips.printer_named(request, form)
    house, ticket = house_of(request), request.path_params["ticket"]
    own_scope(request).check_ticket(house.store.read(tickets.load, ticket))
    await house.store.write(act_of(request, form), printing.reprint, ticket, printer)
    return go("/admin/desk")


ROUTES: list[BaseRoute] = [
    Route("/admin", show_overview),
    Route("/admin/procedures", show_procedures),
    Route("/admin/procedures/{code}", show_procedure),
    Route("/admin/devices/{device}/codes", offer_pairing, methods=["POST"]),
    Route("/admin/devices/{device}/revocations", revoke_device, methods=["POST"]),
    Route("/admin/people", add_person, methods=["POST"]),
    Route("/admin/days", confirm_day, methods=["POST"]),
    Route("/admin/desk", show_desk),
    Route("/admin/messages/{message:int}/resends", resend, methods=["POST"]),
    Route("/admin/tickets/{ticket:int}/reprints", reprint, methods=["POST"]),
    *appointments.ROUTES,
    *calling.ROUTES,
    *centre.ROUTES,
    *centre_forms.ROUTES,
    *paper_numbers.ROUTES,
    *printers.ROUTES,
    *devices.ROUTES,
    *slips.ROUTES,
    *slip_pictures.ROUTES,
    *floor.ROUTES,
    *morning.ROUTES,
    *voice.ROUTES,
    *recording.ROUTES,
    *journal.ROUTES,
    *stories.ROUTES,
    *reports.ROUTES,
    *receivers.ROUTES,
    *portal_desk.ROUTES,
    *refused_arrivals.ROUTES,
    *catalogue.ROUTES,
    *takings.ROUTES,
    *keeping.ROUTES,
]
