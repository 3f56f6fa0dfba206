"""What managers see late in the day: queues that will not be done by closing, in a usual and in a large centre."""

from dataclasses import replace

from domain.announcements import Outcome
from domain.centre_rules import Text, Window, WindowKind
from domain.centres import Centre, Counter, Queue
from operations import calling, managing, shifts, speaking
from store.writer import Act
from tests.browser.scenes import CLERKS, Scene
from tests.support.forecasts import refresh_tonight
from tests.support.halls import demo_calendar, demo_centre

OFFICE = Window(WindowKind.SERVICE, (("07:30", "11:30"), ("13:30", "17:00")))
MORE = "LMNPQT"


def evening(scene: Scene) -> None:
    """At a quarter past two; too many for the land office, whose second counter is closed; two zones were busy."""
    _load(scene, replace(demo_centre(), windows=(OFFICE,)))
    scene.clock.at("13:25")
    scene.sit(1, 3, 5, 6, 8, 10)
    _fill(scene, ("dat-dai", 17), ("ho-tich", 6), ("cu-tru", 3))
    for counter in (1, 5, 10):
        scene.call(counter)
    _speak(scene, "khu-1", 3190.0, missed=14)
    _speak(scene, "khu-3", 640.0, missed=0)
    scene.clock.forward(minutes=50)
    refresh_tonight(scene.server)


def evening_of_many(scene: Scene) -> None:
    """The same in a centre of fourteen queues and forty counters, two of which call for help."""
    _load(scene, _large())
    scene.clock.at("13:25")
    scene.sit(*range(1, 13))
    _fill(scene, ("dat-dai", 48), ("kinh-doanh", 11), *((f"hang-{letter}", 4) for letter in MORE.lower()))
    for counter in range(1, 13):
        scene.call(counter)
    for counter in (2, 5):
        scene.server.store.write_now(Act(CLERKS[counter]), shifts.call_for_help, counter, CLERKS[counter])
    scene.end(9, calling.finish)
    scene.server.store.write_now(Act(CLERKS[9]), shifts.pause, 9, CLERKS[9], "break", 15)
    for zone in ("khu-1", "khu-2", "khu-3"):
        _speak(scene, zone, 3580.0, missed=128)
    scene.clock.forward(minutes=56)
    refresh_tonight(scene.server)


def _load(scene: Scene, centre: Centre) -> None:
    scene.server.store.write_now(Act("test"), managing.load_centre, centre, demo_calendar())


def _large() -> Centre:
    centre = demo_centre()
    title = Text("Giáo dục, y tế, lao động", "Education, health, labour", "Éducation, santé")
    model = centre.queues[5]
    queues = [replace(model, id=f"hang-{letter.lower()}", prefix=letter, title=title) for letter in MORE]
    counters = [_counter(centre.counters[-1], number, queues) for number in range(13, 41)]
    return replace(
        centre, windows=(OFFICE,), queues=(*centre.queues, *queues), counters=(*centre.counters, *counters)
    )


def _counter(model: Counter, number: int, queues: list[Queue]) -> Counter:
    own = queues[number % len(queues)].id
    return replace(model, number=number, queues=(own,), secondary=("dat-dai",))


def _fill(scene: Scene, *wanted: tuple[str, int]) -> None:
    for queue, people in wanted:
        for _ in range(people):
            scene.ticket(queue)


def _speak(scene: Scene, zone: str, seconds: float, missed: int) -> None:
    ended = [speaking.Ended(1, Outcome.SPOKEN, seconds)]
    ended += [speaking.Ended(2 + n, Outcome.LATE) for n in range(missed)]
    scene.server.store.write_now(Act("test"), speaking.end_announcements, zone, ended)


def staffed(scene: Scene) -> None:
    """Four working days lie behind, their mornings busy, their afternoons empty; the fifth has begun."""
    _load(scene, replace(demo_centre(), windows=(OFFICE,)))
    for days_on in (2, 1, 1, 3):  # past a holiday, and a weekend
        scene.clock.at("07:40")
        scene.sit(1, 5, 10)
        for slot in range(30):
            _come_and_go(scene, slot)
            scene.clock.forward(minutes=10)
        scene.clock.forward(hours=24 * days_on)
    scene.clock.at("08:00")
    scene.sit(1)


def _come_and_go(scene: Scene, slot: int) -> None:
    for queue, every in (("ho-tich", 1), ("cu-tru", 2), ("dat-dai", 3), ("chung-thuc", 2)):
        for _ in range(3 if 2 < slot < 12 else 1):
            if slot % every == 0 and slot < 22:
                scene.ticket(queue)
    for counter in (1, 5, 10):
        scene.call(counter)
