"""What must have been received, turned away or sent before somebody asks for it."""

from domain.applicants import applicant, particulars, to_bytes, words, words_to_bytes
from operations import arrivals, intake
from operations.arrivals import Arrival
from operations.intake import Intake
from tests.support.asking import a_number, a_procedure
from tests.support.halls import demo_centre
from tests.web.crowd import COUNTER_OF, PEOPLE, Crowd


def received_by(crowd: Crowd, name: str) -> str:
    """A dossier received at this visitor's counter."""
    if PEOPLE.get(name) not in COUNTER_OF:
        return "H56.19-261123-0001"
    counter, person = crowd.seated(name), crowd.person[name]
    return str(crowd.do(intake.receive_dossier, counter, person, Intake(a_procedure(), _sealed(crowd))).code)


def turned_by(crowd: Crowd, name: str) -> int:
    """A visit that ended there without a dossier."""
    if PEOPLE.get(name) not in COUNTER_OF:
        return 1
    counter, person = crowd.seated(name), crowd.person[name]
    told = crowd.server.app.state.house.vault.seal(words_to_bytes(words("thiếu tờ khai")))
    turned = (counter, person, intake.COMPLETE, a_procedure(), _sealed(crowd), told)
    return int(crowd.do(intake.turn_away, *turned))


def noted_by(crowd: Crowd, name: str) -> int:
    """The reference of a dossier in a ministry's own system."""
    if PEOPLE.get(name) not in COUNTER_OF:
        return 1
    elsewhere = next(one.code for one in demo_centre().procedures if one.system)
    counter, person = crowd.seated(name), crowd.person[name]
    return int(crowd.do(intake.note_reference, counter, person, elsewhere, "LT-2026/000123"))


def arrived(crowd: Crowd, identity: str = "") -> str:
    """An online dossier that waits for its answer; its owner has this number."""
    code = f"G22.99-261123-{a_number():06d}"
    now = crowd.server.app.state.house.now()
    return str(crowd.do(arrivals.take_in, Arrival(code, a_procedure(), _sealed(crowd, identity), now)))


def _sealed(crowd: Crowd, identity: str = "") -> bytes:
    told = to_bytes(particulars(applicant("LÊ THỬ", identity, "", ""), "", ()))
    return crowd.server.app.state.house.vault.seal(told)
