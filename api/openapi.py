"""The description of /api/v1, made from the routes and the message structs so that it cannot lag behind."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.routing import BaseRoute, Route

from api import messages

NUMBER = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
CALLING = "Act on the ticket at a counter; `seen` guards against a screen that is behind."


@dataclass(frozen=True, slots=True)
class Act:
    """One documented operation."""

    method: str
    path: str
    summary: str
    roles: tuple[str, ...]
    body: Any
    answer: Any
    status: int


_SHAPES: dict[tuple[str, str], tuple[Any, Any, int]] = {
    ("GET", "/api/v1/queues"): (None, list[messages.QueueShown], 200),
    ("POST", "/api/v1/tickets"): (messages.TakeTicket, messages.TicketShown, 201),
    ("GET", "/api/v1/tickets/{ticket}"): (None, messages.TicketShown, 200),
    ("GET", "/api/v1/wall/{zone}"): (None, list[messages.CallShown], 200),
    ("POST", "/api/v1/counters/{counter}/shifts"): (None, messages.ShiftShown, 201),
    ("POST", "/api/v1/counters/{counter}/calls"): (messages.Seen, messages.Answered, 200),
    ("POST", "/api/v1/counters/{counter}/recalls"): (messages.Seen, messages.Answered, 200),
    ("POST", "/api/v1/counters/{counter}/absences"): (messages.Seen, messages.TicketShown, 200),
    ("POST", "/api/v1/counters/{counter}/finishes"): (messages.Seen, messages.TicketShown, 200),
    ("POST", "/api/v1/counters/{counter}/dossiers"): (messages.ReceiveDossier, messages.DossierShown, 201),
    ("GET", "/api/v1/messages"): (None, list[messages.MessageShown], 200),
    ("GET", "/api/v1/slots"): (None, list[messages.SlotShown], 200),
    ("POST", "/api/v1/appointments"): (messages.BookAppointment, messages.AppointmentShown, 201),
    ("POST", "/api/v1/appointments/{appointment}/moves"): (
        messages.MoveAppointment,
        messages.AppointmentShown,
        200,
    ),
    ("POST", "/api/v1/appointments/{appointment}/cancellations"): (
        messages.CancelAppointment,
        messages.AppointmentShown,
        200,
    ),
    ("POST", "/api/v1/check-ins"): (messages.CheckIn, messages.TicketShown, 201),
}


# Fictive people; each example is sent by a test and taken.
EXAMPLES: dict[Any, dict[str, Any]] = {
    messages.ReceiveDossier: {
        "citizen": {"procedure": "1.001193", "owner_name": "NGUYỄN THỊ MẪU", "papers": [{"name": "Tờ khai"}]},
        "representative": {
            "procedure": "1.001193",
            "owner_name": "NGUYỄN THỊ MẪU",
            "identity": "038190000001",
            "email": "mau@example.vn",
            "representative": {"name": "TRẦN VĂN THAY", "authorisation": "Giấy ủy quyền số 5"},
            "channel": 3,
            "delivery": 1,
            "deliver_to": "Thôn 2, Vạn Xuân",
            "papers": [
                {"name": "Tờ khai", "originals": 1, "digitised": True},
                {"name": "Giấy chứng sinh", "certified": 1, "copies": 2},
                {"name": "Giấy chứng nhận kết hôn", "reused": True},
            ],
        },
        "electronic": {
            "procedure": "1.013225",
            "owner_name": "CÔNG TY MẪU",
            "owner_kind": 2,
            "case": "(1.1) Đối với công trình không theo tuyến",
            "delivery": 2,
        },
    }
}


def acts(routes: Iterable[BaseRoute]) -> list[Act]:
    """Every documented operation, in the order of the routes."""
    found = []
    for route in routes:
        if not isinstance(route, Route):
            continue
        path = route.path.replace(":int", "")
        for method in sorted((route.methods or set()) - {"HEAD"}):
            shape = _SHAPES.get((method, path))
            if shape is not None:
                summary = (route.endpoint.__doc__ or CALLING).strip().splitlines()[0]
                roles = tuple(sorted(role.value for role in getattr(route.endpoint, "roles", ())))
                found.append(Act(method, path, summary, roles, *shape))
    return found


def document(routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    documented = acts(routes)
    kinds = [kind for act in documented for kind in (act.body, act.answer) if kind is not None] + [messages.Failure]
    schemas, parts = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    of_kind = dict(zip([str(kind) for kind in kinds], schemas, strict=True))
    paths: dict[str, Any] = {}
    for act in documented:
        paths.setdefault(act.path, {})[act.method.lower()] = _operation(act, of_kind)
    return {
        "openapi": "3.1.0",
        "info": {"title": "MotCua", "version": "1", "description": "The acts of the pages, for programs."},
        "paths": paths,
        "components": {
            "schemas": parts,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(act: Act, of_kind: dict[str, Any]) -> dict[str, Any]:
    failure = {"description": "Refused; says why", "content": _json(of_kind[str(messages.Failure)])}
    answers = {str(act.status): {"description": "Done", "content": _json(of_kind[str(act.answer)])}}
    answers |= {str(status): failure for status in (401, 403, 404, 409, 413, 422, 429, 503)}
    operation: dict[str, Any] = {
        "summary": act.summary,
        "description": f"Roles: {', '.join(act.roles)}.",
        "parameters": _parameters(act),
        "responses": answers,
    }
    if act.body is not None:
        required = act.body is not messages.Seen
        content = _json(of_kind[str(act.body)])
        if act.body in EXAMPLES:
            content["application/json"]["examples"] = {
                name: {"value": value} for name, value in EXAMPLES[act.body].items()
            }
        operation["requestBody"] = {"required": required, "content": content}
    return operation


def _parameters(act: Act) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in act.path.split("/") if part.startswith("{")]
    found: list[dict[str, Any]] = [
        {
            "name": name, "in": "path", "required": True,
            "schema": {"type": "string", "minLength": 1} if name == "zone" else NUMBER,
        }
        for name in names
    ]  # fmt: skip
    if act.path.endswith(("{zone}", "/messages")):
        after = {"type": "integer", "minimum": 0, "maximum": 10**14}
        found.append({"name": "after", "in": "query", "required": False, "schema": after})
    if act.path.endswith("/slots"):
        queue = {"type": "string", "minLength": 1, "maxLength": 40}
        found.append({"name": "queue", "in": "query", "required": True, "schema": queue})
    if act.method == "POST":
        pattern = "^[A-Za-z0-9_-]{8,80}$"
        key = {"type": "string", "pattern": pattern}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    return found


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
