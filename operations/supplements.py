"""Papers that are missing: asked for once, completely and in writing; what the clock does when they come."""

from dataclasses import replace
from datetime import datetime, time

from domain import deadlines
from domain.deadlines import Due
from domain.dossier_rules import Stage
from domain.dossiers import Act, Status
from domain.errors import Invalid, Refused, msgid
from domain.roles import LEADING_ROLES
from domain.tickets import milliseconds
from operations.processing import Doing, do, due_of, load, placement_of
from store import calendars, dossiers, people
from store.dossiers import Dossier, Step
from store.writer import Tx


class SupplementsUsedUp(Refused):
    """Once, in writing, completely (one-stop.md 3.4): more often only by who leads."""

    text = msgid(
        "Hồ sơ này đã được yêu cầu bổ sung %(asked)s lần, đúng số lần cho phép. Chỉ người giám sát được yêu cầu "
        "thêm, và phải ghi lý do."
    )


def ask_supplement(tx: Tx, doing: Doing, answer_by: datetime | None = None) -> int:
    """Ask for what is missing, at the counter or in the appraisal; `answer_by`: until when the citizen may answer.

    Raises SupplementsUsedUp, Invalid, and what processing.do raises.
    """
    dossier = load(tx, doing.code)
    if answer_by is not None and answer_by <= tx.now:
        raise Invalid(what="answer_by")
    stage = Stage.APPRAISAL if dossier.status is Status.UNDER_WAY else Stage.INTAKE
    approver = _approver(tx, dossier, doing)
    facts = {
        **doing.facts, "stage": stage, "approver": approver,
        "answer_by": milliseconds(answer_by) if answer_by else None,
    }  # fmt: skip
    return do(tx, Act.ASK_SUPPLEMENT, replace(doing, facts=facts))


def _approver(tx: Tx, dossier: Dossier, doing: Doing) -> str:
    """Who allows one more than the procedure does; empty while it is within."""
    placement = placement_of(tx.centre, dossier.procedure)
    if dossier.supplements < (placement.supplements if placement else 1):
        return ""
    person = people.by_id(tx.db, doing.person)
    if person is None or not person.roles & LEADING_ROLES:
        raise SupplementsUsedUp(asked=dossier.supplements)
    return doing.person


def take_supplement(tx: Tx, doing: Doing) -> int:
    """The completed dossier is here again: the clock starts anew or goes on, as the centre's rules say.

    Raises what processing.do raises.
    """
    dossier = load(tx, doing.code)
    asked = last_asked(dossiers.steps_of(tx.db, dossier.code))
    stage = Stage(asked.facts.get("stage", Stage.INTAKE)) if asked else Stage.INTAKE
    restart = tx.centre.dossiers.restarts(stage)
    due = _due_after(tx, dossier, asked, restart=restart)
    return do(tx, Act.TAKE_SUPPLEMENT, doing, due=due, restart=restart)


def last_asked(steps: list[Step]) -> Step | None:
    """The newest request for papers."""
    return next((step for step in reversed(steps) if step.act is Act.ASK_SUPPLEMENT), None)


def _due_after(tx: Tx, dossier: Dossier, asked: Step | None, *, restart: bool) -> Due | None:
    old = due_of(dossier)
    if old is None or asked is None:
        return None
    calendar, rules = calendars.current(tx.db), tx.centre.dossiers
    if not restart:
        return deadlines.pause(old, asked.at, tx.now, calendar)
    cut_off = time.fromisoformat(tx.centre.hours.cut_off)
    return deadlines.restart(
        tx.now, old.explanation.limit, calendar, cut_off, day_zero_may_be_off=rules.day_zero_may_be_off
    )
