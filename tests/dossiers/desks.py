"""What people do at the desk of dossiers, by HTTP; what others have done before, by operations."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2

from domain.applicants import Paper, applicant, particulars, to_bytes
from operations import arrivals, intake
from store import dossiers, marks
from store.dossiers import Dossier
from store.writer import Act
from tests.support.asking import browser, request_id
from tests.support.halls import HandClock
from tests.support.servers import Server

PROCEDURE, LAND = "1.004873", "1.012783"
NAME, IDENTITY = "NGUYỄN THỊ MẪU", "079201777313"
ONLINE = "000.00.00.G22-261123-000017"


@dataclass
class Desk:
    """A running centre and its clock."""

    server: Server
    clock: HandClock
    browsers: dict[str, httpx2.Client] = field(default_factory=dict)

    def of(self, person: str) -> httpx2.Client:
        """The browser of somebody who has signed in."""
        if person not in self.browsers:
            self.browsers[person] = browser(self.server, f"motcua-person={self.server.person_cookie(person)}")
        return self.browsers[person]

    def do(self, operation: Any, *args: Any, who: str = "cb01") -> Any:
        """One operation, as a colleague elsewhere would do it."""
        return self.server.store.write_now(Act(who), operation, *args)

    def received(self, name: str = NAME, identity: str = IDENTITY, procedure: str = PROCEDURE) -> str:
        """A dossier that cb01 has received at counter 1; gives its code."""
        vault = self.server.app.state.house.vault
        owner = applicant(name, identity, "0908000111", "Phường Bến Nghé")
        sealed = vault.seal(to_bytes(particulars(owner, "", [Paper("Tờ khai", originals=1)])))
        taken = intake.Intake(procedure, sealed, found_by=marks.of_owner(vault, owner))
        return str(self.do(intake.receive_dossier, 1, "cb01", taken).code)

    def arrived(self) -> str:
        """A dossier that the portal has sent."""
        sealed = self.server.app.state.house.vault.seal(to_bytes(particulars(applicant(NAME, "", "", ""), "", ())))
        return str(self.do(arrivals.take_in, arrivals.Arrival(
            ONLINE, PROCEDURE, sealed, self.clock() - timedelta(minutes=5)
        )))  # fmt: skip

    def dossier(self, code: str) -> Dossier:
        """How it stands."""
        found = self.server.store.read(dossiers.find, code)
        assert found is not None
        return found

    def act(self, code: str, act: str, who: str = "cb01", **form: object) -> httpx2.Response:
        """Send the form of an act, as it was on a fresh page."""
        sent = {"request_id": request_id(), "seen": self.dossier(code).steps, **form}
        return self.of(who).post(f"/dossiers/{code}/acts/{act}", data=sent)

    def search(self, text: str, who: str = "cb01") -> httpx2.Response:
        """Look for a dossier."""
        return self.of(who).post("/dossiers/searches", data={"text": text})
