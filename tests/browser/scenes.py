"""The hall in a few situations, each a server of its own whose clock stands still; made by operations only."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlite_utils.utils import sqlite3

from domain.applicants import applicant, particulars, to_bytes
from operations import calling, intake, managing, printing, shifts, syncing, ticketing
from store import jobs, migrations
from store.vault import Vault
from store.writer import Act
from tests.browser.screens import Pass, device_pass, person_pass
from tests.support.halls import HandClock, demo_procedures
from tests.support.servers import Server, running

NOWHERE = (("P1", "tcp://127.0.0.1:1"), ("P2", "tcp://127.0.0.1:1"))
IN_NO_HALL = "P9"  # a printer that nobody serves: its slips stay as they are
ELSEWHERE = replace(
    demo_procedures()[0], code="9.000001", title="Đăng ký khai thác khoáng sản ở vùng biển, cấp lại (chỉ nhận ở bộ)"
)
CLERKS = {n: f"cb{n:02d}" for n in range(1, 13)}


@dataclass
class Scene:
    """One running hall with the passes of its screens and people."""

    server: Server
    clock: HandClock
    _passes: dict[str, list[Pass]] = field(default_factory=dict)

    def passes(self, who: str | None) -> list[Pass]:
        """The cookies of 'device:K1' or 'person:cb01'; each is made once."""
        if who is None:
            return []
        if who not in self._passes:
            kind, name = who.split(":")
            self._passes[who] = (device_pass if kind == "device" else person_pass)(self.server, name)
        return self._passes[who]

    def ticket(self, queue: str, printer: str | None = None, priority: str | None = None) -> int:
        """A number that kiosk K1 gave."""
        act = Act("device:K1")
        return self.server.store.write_now(act, ticketing.take_ticket, queue, "vi", priority, printer).id

    def sit(self, *counters: int) -> None:
        """Each at the own counter."""
        for counter in counters:
            self.server.store.write_now(Act(CLERKS[counter]), shifts.open_shift, counter, CLERKS[counter])

    def call(self, counter: int) -> int | None:
        """The next number to this counter."""
        called = self.server.store.write_now(Act("test"), calling.call_next, counter, CLERKS[counter])
        return called.ticket.id if called.ticket else None

    def end(self, counter: int, how: Callable[..., object]) -> None:
        """Finish or mark absent whoever is at this counter."""
        self.server.store.write_now(Act("test"), how, counter, CLERKS[counter])

    def slip(self, ticket: int, state: str) -> None:
        """What became of a ticket's paper."""
        job = self.server.store.read(jobs.print_job_of, "ticket", str(ticket))
        assert job is not None
        self.server.store.write_now(Act("test"), printing.end_slip, job.id, state)

    def dossier(self, counter: int, code: str) -> str:
        """A dossier received at this counter."""
        told = to_bytes(particulars(applicant("LÊ VĂN MẪU", "", "", ""), "", ()))
        sealed = Vault.open(self.server.data / "site.key").seal(told)
        act, taken = Act(CLERKS[counter]), intake.Intake(code, sealed)
        return self.server.store.write_now(act, intake.receive_dossier, counter, CLERKS[counter], taken).code

    def stop(self, queue: str, reason: str) -> None:
        """A queue takes nobody for a while."""
        self.server.store.write_now(Act("ql02"), managing.stop_queue, queue, reason)


def quiet(scene: Scene) -> None:
    """The doors have just opened: nobody waits, two counters are manned."""
    scene.sit(1, 5)


def one_call(scene: Scene) -> None:
    """The first person of the day is called; nobody else is there."""
    scene.sit(1)
    scene.ticket("ho-tich")
    scene.call(1)


def busy(scene: Scene) -> None:
    """An ordinary full morning: all counters manned but one, nine called, thirty waiting, some done."""
    scene.server.store.write_now(Act("test"), managing.list_procedures, [*demo_procedures(), ELSEWHERE])
    scene.sit(*range(1, 12))
    queues = ("ho-tich", "chung-thuc", "cu-tru", "kinh-doanh", "dat-dai", "xay-dung", "giay-to", "tra-ket-qua")
    for _ in range(5):
        for queue in queues:
            scene.ticket(queue)
        scene.clock.forward(minutes=3)
    scene.ticket("ho-tich", priority="cao-tuoi")
    for counter in range(1, 11):
        scene.call(counter)
    scene.clock.forward(minutes=4)
    scene.end(4, calling.finish)
    scene.call(2)
    scene.dossier(2, "1.001193")
    done = scene.dossier(2, "2.000815")
    for message in scene.server.store.read(jobs.portal_messages_of, done):
        scene.server.store.write_now(Act("portal"), syncing.acknowledge, message.id, "0")


def troubled(scene: Scene) -> None:
    """What managers should see at once: long waits, an unmanned queue, a stopped one, a refused dossier."""
    busy(scene)
    scene.stop("chung-thuc", "máy tính của quầy đang được sửa, dự kiến 14 giờ mở lại")
    scene.stop("dat-dai", "mất mạng")
    parked = scene.dossier(2, "1.001193")
    first = scene.server.store.read(jobs.portal_messages_of, parked)[0]
    scene.server.store.write_now(Act("portal"), syncing.park, first.id, "Mã thủ tục không có trong danh mục")
    scene.slip(scene.ticket("ho-tich", IN_NO_HALL), "unknown")
    scene.slip(scene.ticket("cu-tru", IN_NO_HALL), "expired")
    scene.clock.forward(minutes=57)
    scene.server.store.write_now(Act(CLERKS[9]), shifts.close_shift, 9, CLERKS[9])


def overnight(scene: Scene) -> None:
    """Somebody still holds a number of yesterday."""
    scene.ticket("ho-tich")
    scene.clock.forward(hours=24)
    scene.ticket("cu-tru")


SCENES: dict[str, Callable[[Scene], None] | None] = {
    "quiet": quiet, "one": one_call, "busy": busy, "troubled": troubled, "overnight": overnight, "bare": None,
}  # fmt: skip


@contextmanager
def all_scenes(folder: Path) -> Iterator[Callable[[str], Scene]]:
    """A function that opens a scene at its first use and keeps it; all end together."""
    opened: dict[str, Scene] = {}
    with ExitStack() as stack:

        def scene(name: str) -> Scene:
            if name not in opened:
                opened[name] = stack.enter_context(_scene(name, folder / name))
            return opened[name]

        yield scene


@contextmanager
def _scene(name: str, data: Path) -> Iterator[Scene]:
    clock, furnish = HandClock(), SCENES[name]
    data.mkdir(parents=True)
    if furnish is None:
        _empty_file(data / "motcua.sqlite")
    url = "http://127.0.0.1:1/follow"
    with running(data, now=clock, printer_of=NOWHERE, follow_url=url) as server:
        scene = Scene(server, clock)
        if furnish is not None:
            furnish(scene)
        else:
            server.store.write_now(
                Act("test"), managing.add_person, "quantri", "Mai Thị Linh", ["administrator"], None
            )
        yield scene


def _empty_file(path: Path) -> None:
    db = sqlite3.connect(str(path), isolation_level=None)
    migrations.upgrade(db)
    db.close()
