"""Every state of every screen, in one table: tests, screenshots and translations all walk it."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from operations import calling
from tests.browser import addresses as at
from tests.browser import doings as do
from tests.browser import scanning as sc
from tests.browser.scenes import IN_NO_HALL, Scene

NOTHING = r"(?!)"


@dataclass(frozen=True)
class State:
    """One face of one screen: which scene it needs, who looks, the address, and what is done there.

    `before` acts on the page before its first address, `act` after it. `fold`: everything must be on the glass.
    `alike`: other words in the same boxes as another state; only a trial walks it in all languages and by axe.
    `noise`: the console lines that it cannot be without.
    """

    name: str
    kind: str
    scene: str
    who: str | None
    path: str | Callable[[Scene], str]
    act: Callable[[Page, Scene], None] | None = None
    before: Callable[[Page], None] | None = None
    fold: bool = True
    alike: bool = False
    noise: str = NOTHING

    @property
    def dimmed(self) -> bool:
        """Whether its numbers are known to be old."""
        return self.before is do.silent

    def address(self, scene: Scene) -> str:
        """The whole address in this scene."""
        path = self.path if isinstance(self.path, str) else self.path(scene)
        return scene.server.url + path


KIOSK, WALL, TABLET = "device:K1", "device:W1", "device:T1"
CLERK, CLERK_2, MANAGER, ADMINISTRATOR = "person:cb01", "person:cb02", "person:ql02", "person:ql03"
LAND_MANAGER = "person:cb16"
AUDITOR = "person:ql04"
REFUSED = r"the server responded with a status of (401|403|404|409|422|503)"
SILENT_5, SILENT_61 = (do.after_silence(5), do.silent), (do.after_silence(61), do.silent)
CARD = "001090123456|012345678|Nguyễn Văn A|01011991|Nam|Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|15042021"
PLAIN_1, PLAIN_2 = "/counter/1/scans", "/counter/2/scans"
ALL_MODES = "reach=1&big=1&contrast=1&speech=1"
MINE, K1_CODE, BOOKED = "/booking/mine", "/kiosk/K1/appointments", "bookable"

STATES = [
    State("kiosk-start", "kiosk", "quiet", KIOSK, "/kiosk/K1"),
    State("kiosk-start-big", "kiosk", "quiet", KIOSK, "/kiosk/K1?big=1", fold=False),
    State("kiosk-start-contrast", "kiosk", "quiet", KIOSK, "/kiosk/K1?contrast=1"),
    State("kiosk-queues", "kiosk", "busy", KIOSK, "/kiosk/K1/queues"),
    State("kiosk-queues-nobody", "kiosk", "quiet", KIOSK, "/kiosk/K1/queues", alike=True),
    State("kiosk-queues-stopped", "kiosk", "troubled", KIOSK, "/kiosk/K1/queues"),
    State("kiosk-queues-big", "kiosk", "busy", KIOSK, "/kiosk/K1/queues?big=1", fold=False),
    State("kiosk-queues-contrast", "kiosk", "troubled", KIOSK, "/kiosk/K1/queues?contrast=1"),
    State("kiosk-results", "kiosk", "busy", KIOSK, "/kiosk/K1/queues?kind=results", alike=True),
    State("kiosk-procedures", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures"),
    State("kiosk-procedures-big", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures?big=1", fold=False),
    State("kiosk-scan", "kiosk", "busy", KIOSK, "/kiosk/K1/scans"),
    State("kiosk-scan-wrong", "kiosk", "busy", KIOSK, "/kiosk/K1/scans", sc.hold_plainly("893"), noise=REFUSED),
    State("kiosk-scan-unreadable", "kiosk", "busy", KIOSK, "/kiosk/K1", sc.hold("893", "#failure .failure"),
          noise=REFUSED),
    State("kiosk-person", "kiosk", "busy", KIOSK, "/kiosk/K1", sc.hold(sc.STRANGER)),
    State("kiosk-person-held", "kiosk", "busy", KIOSK, "/kiosk/K1", sc.hold_twice),
    State("kiosk-person-appointment", "kiosk", BOOKED, KIOSK, "/kiosk/K1", sc.hold(sc.appointment_of_card)),
    State("kiosk-person-dossiers", "kiosk", "busy", KIOSK, "/kiosk/K1", sc.hold(sc.ready_dossier)),
    State("kiosk-person-dossier", "kiosk", "busy", KIOSK, "/kiosk/K1", sc.hold(do.first_dossier), alike=True),
    State("kiosk-person-big", "kiosk", "busy", KIOSK, "/kiosk/K1?big=1", sc.hold(sc.STRANGER), fold=False),
    State("kiosk-sectors", "kiosk", "busy", KIOSK, "/kiosk/K1/sectors"),
    State("kiosk-sector", "kiosk", "busy", KIOSK, "/kiosk/K1/sectors/1"),
    State("kiosk-needs", "kiosk", "busy", KIOSK, "/kiosk/K1/needs"),
    State("kiosk-found-mistyped", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures?q=giay+khia+sihn", alike=True),
    State("kiosk-found", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures?q=khai+sinh"),
    State("kiosk-found-elsewhere", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures?q=khai+thac+khoang+san"),
    State("kiosk-found-nothing", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures?q=xyzzy"),
    State("kiosk-procedure", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures/1.001193"),
    State("kiosk-procedure-long", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures/1.013831", alike=True),
    State("kiosk-procedure-big", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures/1.001193?big=1", fold=False),
    State("kiosk-procedure-elsewhere", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures/9.000001"),
    State("kiosk-procedure-stopped", "kiosk", "troubled", KIOSK, "/kiosk/K1/procedures/2.000815"),
    State("kiosk-result-printing", "kiosk", "busy", KIOSK, at.slip(IN_NO_HALL)),
    State("kiosk-result-here", "kiosk", "busy", KIOSK, at.slip(IN_NO_HALL, "confirmed")),
    State("kiosk-result-sent", "kiosk", "busy", KIOSK, at.slip(IN_NO_HALL, "sent"), alike=True),
    State("kiosk-result-late", "kiosk", "busy", KIOSK, at.slip(IN_NO_HALL, wait_seconds=7)),
    State("kiosk-result-unknown", "kiosk", "busy", KIOSK, at.slip(IN_NO_HALL, "unknown"), alike=True),
    State("kiosk-result-no-paper", "kiosk", "busy", KIOSK, at.slip(None), alike=True),
    State("kiosk-result-big", "kiosk", "busy", KIOSK, at.slip(IN_NO_HALL, "", 7, "?big=1"), fold=False),
    State("kiosk-result-contrast", "kiosk", "busy", KIOSK, at.slip(IN_NO_HALL, "confirmed", query="?contrast=1")),
    State("kiosk-more-time", "kiosk", "busy", KIOSK, "/kiosk/K1/queues", do.ask_for_time),
    State("kiosk-failure", "kiosk", "busy", KIOSK, "/kiosk/K1/queues", do.press_what_is_gone, noise=REFUSED),
    State("kiosk-lost", "kiosk", "busy", KIOSK, "/kiosk/K1", *SILENT_5),
    State("kiosk-start-reach", "kiosk", BOOKED, KIOSK, "/kiosk/K1?reach=1"),
    State("kiosk-start-speech", "kiosk", "quiet", KIOSK, "/kiosk/K1?speech=1", do.listening),
    State("kiosk-start-all-modes", "kiosk", BOOKED, KIOSK, f"/kiosk/K1?{ALL_MODES}", do.listening, fold=False),
    State("kiosk-queues-reach", "kiosk", "troubled", KIOSK, "/kiosk/K1/queues?reach=1", fold=False),
    State("kiosk-queues-all-modes", "kiosk", "busy", KIOSK, f"/kiosk/K1/queues?{ALL_MODES}", do.listening,
          fold=False),
    State("kiosk-procedures-reach", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures?q=khai+sinh&reach=1", fold=False),
    State("kiosk-procedure-reach", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures/1.001193?reach=1", fold=False),
    State("kiosk-appointment-reach", "kiosk", BOOKED, KIOSK, "/kiosk/K1/appointments?reach=1"),
    State("kiosk-result-reach", "kiosk", "busy", KIOSK, at.slip(IN_NO_HALL, "confirmed", query="?reach=1")),
    State("kiosk-result-all-modes", "kiosk", "busy", KIOSK, at.slip(IN_NO_HALL, "", 7, f"?{ALL_MODES}"),
          do.listening,
          fold=False),
    State("kiosk-result-more-time", "kiosk", "busy", KIOSK, at.slip(IN_NO_HALL, "confirmed"), do.ask_for_time),
    State("kiosk-result-lost", "kiosk", "busy", KIOSK, at.slip(IN_NO_HALL, "confirmed"), *SILENT_5),
    State("kiosk-more-time-reach", "kiosk", "busy", KIOSK, "/kiosk/K1/queues?reach=1", do.ask_for_time, fold=False),
    State("kiosk-not-found", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures/0.000000", noise=REFUSED),
    State("kiosk-not-paired", "kiosk", "busy", None, "/kiosk/K2", noise=REFUSED, alike=True),
    State("kiosk-disk-full", "kiosk", "quiet", KIOSK, "/kiosk/K1/queues", do.full_disk, noise=REFUSED, alike=True),
    State("kiosk-appointment", "kiosk", BOOKED, KIOSK, K1_CODE),
    State("kiosk-appointment-big", "kiosk", BOOKED, KIOSK, "/kiosk/K1/appointments?big=1", fold=False),
    State("kiosk-appointment-wrong", "kiosk", BOOKED, KIOSK, K1_CODE, do.unknown_code, noise=REFUSED),
    State("kiosk-appointment-kept", "kiosk", BOOKED, KIOSK, K1_CODE, do.keep, alike=True),
    State("booking", "phone", BOOKED, None, "/booking", fold=False),
    State("booking-slots", "phone", BOOKED, None, at.of_ho_tich, fold=False),
    State("booking-phone", "phone", BOOKED, None, lambda s: at.of_ho_tich(s, 60), fold=False),
    State("booking-phone-wrong", "phone", BOOKED, None, lambda s: at.of_ho_tich(s, 60), do.book("12"), fold=False,
          noise=REFUSED),
    State("booking-booked", "phone", BOOKED, None, lambda s: at.of_ho_tich(s, 48 * 60), do.book(""), fold=False),
    State("booking-code", "phone", BOOKED, None, MINE, fold=False),
    State("booking-code-wrong", "phone", BOOKED, None, MINE, do.unknown_code, noise=REFUSED, fold=False),
    State("booking-mine", "phone", BOOKED, None, MINE, do.show_booked(minutes=50 * 60), fold=False),
    State("booking-mine-slots", "phone", BOOKED, None, MINE, do.show_booked("open", 49 * 60), fold=False),
    State("booking-mine-moved", "phone", BOOKED, None, MINE, do.show_booked("move", 55 * 60), fold=False),
    State("booking-cancelled", "phone", BOOKED, None, MINE, do.show_booked("cancel", 54 * 60), fold=False),
    State("pair", "pairing", "quiet", None, "/pair/K2"),
    State("pair-wrong", "pairing", "quiet", None, "/pair/K2", do.wrong_code, noise=REFUSED),
    State("sign-in", "counter", "quiet", None, "/sign-in"),
    State("sign-in-wrong", "counter", "quiet", None, "/sign-in", do.wrong_password, noise=REFUSED),
    State("counters", "counter", "busy", "person:cb12", "/counter", fold=False),
    State("counters-own-open", "counter", "busy", CLERK, "/counter", fold=False, alike=True),
    State("counter-empty", "counter", "quiet", CLERK, "/counter/1"),
    State("counter-waiting", "counter", "busy", "person:cb11", "/counter/11", alike=True),
    State("counter-serving", "counter", "busy", CLERK_2, "/counter/2"),
    State("counter-papers", "counter", "busy", CLERK_2, "/counter/2", do.choose_procedure("1.001193")),
    State("counter-received", "counter", "busy", CLERK, "/counter/1", do.receive("NGUYỄN THỊ MẪU")),
    State("counter-refused", "counter", "quiet", CLERK, "/counter/1", do.receive("A" * 210), noise=REFUSED),
    State("counter-troubled", "counter", "troubled", CLERK_2, "/counter/2", alike=True),
    State("counter-stale", "counter", "busy", CLERK_2, "/counter/2", *SILENT_5, alike=True),
    State("counter-lists", "counter", "hands", CLERK, "/counter/1"),
    State("counter-paused", "counter", "hands", CLERK_2, "/counter/2"),
    State("counter-undo", "counter", "hands", "person:cb03", "/counter/3"),
    State("counter-alarm", "counter", "alarmed", CLERK, "/counter/1"),
    State("counter-panel-finish", "counter", "hands", CLERK, "/counter/1", do.panel("k")),
    State("counter-panel-transfer", "counter", "hands", CLERK, "/counter/1", do.panel("t")),
    State("counter-panel-park", "counter", "hands", CLERK, "/counter/1", do.panel("h")),
    State("counter-panel-pick", "counter", "hands", CLERK, "/counter/1", do.panel("g")),
    State("counter-panel-refused", "counter", "hands", CLERK, "/counter/1", do.pick_refused, noise=REFUSED),
    State("counter-panel-walk-up", "counter", "hands", CLERK, "/counter/1", do.panel("w")),
    State("counter-panel-slips", "counter", "hands", CLERK, "/counter/1", do.slips_found),
    State("counter-panel-pause", "counter", "hands", "person:cb05", "/counter/5", do.panel("p")),
    State("counter-panel-edit", "counter", "hands", CLERK, "/counter/1", do.edit()),
    State("counter-panel-edit-waiting", "counter", "hands", CLERK, "/counter/1", do.edit("B 003")),
    State("counter-panel-edit-absent", "counter", "hands", CLERK, "/counter/1", do.edit("A 001"), alike=True),
    State("counter-panel-scan", "counter", "hands", CLERK, "/counter/1", do.panel("F9")),
    State("counter-panel-scan-slip", "counter", "hands", CLERK, "/counter/1", do.scan("B 003"), alike=True),
    State("counter-panel-scan-dossier", "counter", "busy", CLERK_2, "/counter/2", do.scan(do.first_dossier)),
    State("counter-panel-scan-unknown", "counter", "hands", CLERK, "/counter/1", do.scan("893", ".panel .failure"),
          noise=REFUSED),
    State("counter-plain", "counter", "hands", CLERK, PLAIN_1),
    State("counter-plain-slips", "counter", "hands", CLERK, "/counter/1/slips?queue=ho-tich&at=08:00", fold=False),
    State("counter-plain-slip", "counter", "hands", CLERK, PLAIN_1, do.scan_plainly("B 003"), fold=False),
    State("counter-plain-dossier", "counter", "busy", CLERK_2, PLAIN_2, do.scan_plainly(do.first_dossier)),
    State("counter-plain-unknown", "counter", "hands", CLERK, PLAIN_1, do.scan_plainly("893", ".failure"),
          noise=REFUSED),
    State("counter-plain-card", "counter", "busy", CLERK_2, PLAIN_2, do.scan_plainly(CARD, "#prefilled p"),
          alike=True),
    State("counter-card", "counter", "busy", CLERK_2, "/counter/2", do.scan(CARD, "#prefilled p")),
    State("counter-help-called", "counter", "alarmed", CLERK_2, "/counter/2"),
    State("counter-keys", "counter", "quiet", CLERK, "/counter/keys"),
    State("counter-keys-saved", "counter", "quiet", CLERK, "/counter/keys", do.choose_key("pick", "KeyQ"),
          alike=True),
    State("counter-keys-taken", "counter", "quiet", CLERK, "/counter/keys", do.choose_key("again", "KeyN"),
          noise=REFUSED),
    State("wall-empty", "wall", "quiet", WALL, "/display/W1"),
    State("wall-one-call", "wall", "one", WALL, "/display/W1"),
    State("wall-busy", "wall", "busy", WALL, "/display/W1"),
    State("wall-taken-back", "wall", "one", WALL, "/display/W1", do.take_back),
    State("wall-upstairs", "wall", "busy", "device:W2", "/display/W2", alike=True),
    State("wall-stopped", "wall", "troubled", WALL, "/display/W1"),
    State("wall-hall-stopped", "wall", "overnight", WALL, "/display/W1", do.stop_the_hall),
    State("wall-stale", "wall", "busy", WALL, "/display/W1", *SILENT_5, alike=True),
    State("wall-lost", "wall", "busy", WALL, "/display/W1", *SILENT_61, alike=True),
    State("wall-sound-blocked", "wall", "one", WALL, "/display/W1", do.call_somebody, do.no_sound),
    State("managers-calm", "wall", "quiet", MANAGER, "/display/managers"),
    State("managers-busy", "wall", "busy", MANAGER, "/display/managers", alike=True),
    State("managers-alarm", "wall", "troubled", MANAGER, "/display/managers"),
    State("managers-department", "wall", "busy", LAND_MANAGER, "/display/managers", alike=True),
    State("managers-stale", "wall", "busy", MANAGER, "/display/managers", *SILENT_5, alike=True),
    State("managers-satisfaction", "wall", "judged", MANAGER, "/display/managers", alike=True),
    State("tablet-idle", "tablet", "quiet", TABLET, "/rating/T1"),
    State("tablet-faces", "tablet", "judged", TABLET, at.just_over()),
    State("tablet-faces-foreign", "tablet", "judged", TABLET, at.just_over("fr"), alike=True),
    State("tablet-reason", "tablet", "judged", TABLET, at.just_over(page="reason")),
    State("tablet-thanks", "tablet", "judged", TABLET, at.just_over(), do.smile),
    State("tablet-stale", "tablet", "quiet", TABLET, "/rating/T1", *SILENT_5, alike=True),
    State("follow-waiting", "phone", "busy", None, lambda s: at.follow(s, s.ticket("giay-to"))),
    State("follow-next", "phone", "one", None, lambda s: at.follow(s, s.ticket("tra-ket-qua")), alike=True),
    State("follow-called", "phone", "busy", None, at.followed(6)),
    State("follow-finished", "phone", "busy", None, at.followed(7, calling.finish), alike=True),
    State("follow-rate", "phone", "judged", None, lambda s: at.follow(s, s.over()), fold=False),
    State("follow-reason", "phone", "judged", None, lambda s: at.follow(s, s.over()) + "/reason", fold=False),
    State("follow-rated", "phone", "judged", None, lambda s: at.follow(s, s.over()), do.smile),
    State("follow-absent", "phone", "busy", None, at.followed(3, calling.mark_absent), alike=True),
    State("follow-passed", "phone", "line", None, at.passed_by, fold=False),
    State("follow-time", "phone", "line", None, at.waiting_in("ho-tich"), do.unfold, fold=False),
    State("follow-delayed", "phone", "line", None, at.waiting_in("ho-tich"), do.give_way),
    State("follow-why", "phone", "line", None, at.followed(1), do.unfold),
    State("follow-parked", "phone", "line", None, at.followed(2, calling.set_aside), alike=True),
    State("follow-stopped", "phone", "troubled", None, at.waiting_in("chung-thuc"), fold=False),
    State("follow-over", "phone", "overnight", None, lambda s: at.follow(s, at.first_ticket(s)), alike=True),
    State("follow-wrong", "phone", "busy", None, "/follow/12-abcdef", noise=REFUSED),
    State("admin-administrator", "admin", "busy", ADMINISTRATOR, "/admin", fold=False),
    State("admin-manager", "admin", "troubled", MANAGER, "/admin", fold=False),
    State("admin-without-centre", "admin", "bare", "person:u-quantri", "/admin", fold=False),
    State("admin-procedures", "admin", "busy", MANAGER, "/admin/procedures", fold=False),
    State("admin-procedures-found", "admin", "busy", MANAGER, "/admin/procedures?q=dat", fold=False, alike=True),
    State("admin-procedures-none", "admin", "busy", MANAGER, "/admin/procedures?q=xyzzy", fold=False),
    State("admin-procedures-empty", "admin", "bare", "person:u-quantri", "/admin/procedures", fold=False),
    State("admin-procedure", "admin", "busy", MANAGER, "/admin/procedures/1.013831", fold=False),
    State("admin-pairing", "admin", "quiet", ADMINISTRATOR, "/admin", do.offer_code),
    State("admin-pairing-agent", "admin", "distant", ADMINISTRATOR, "/admin", do.offer_agent_code),
    State("admin-appointments", "admin", BOOKED, CLERK, "/admin/appointments", fold=False),
    State("admin-appointment-booked", "admin", BOOKED, CLERK, "/admin/appointments", do.book_for_somebody),
    State("admin-centre", "counter", "lived", ADMINISTRATOR, "/admin/centre", fold=False),
    State("admin-centre-empty", "counter", "bare", "person:u-quantri", "/admin/centre", fold=False),
    State("admin-centre-planned", "counter", "planned", ADMINISTRATOR, "/admin/centre", fold=False),
    State("admin-centre-past", "counter", "lived", ADMINISTRATOR, at.first_configuration, fold=False),
    State("admin-centre-draft", "counter", "lived", ADMINISTRATOR, "/admin/centre", do.offer(do.better),
          fold=False),
    State("admin-centre-draft-waits", "counter", "planned", ADMINISTRATOR, "/admin/centre", do.offer(do.better),
          fold=False, alike=True),
    State("admin-centre-mistakes", "counter", "lived", ADMINISTRATOR, "/admin/centre", do.offer(do.wrong),
          fold=False, noise=REFUSED),
    State("admin-sections", "counter", "lived", ADMINISTRATOR, "/admin/centre", do.change_a_hall, fold=False),
    State("admin-section", "counter", "lived", ADMINISTRATOR, f"{at.SECTIONS}/counters", fold=False),
    State("admin-section-empty", "counter", "lived", ADMINISTRATOR, f"{at.SECTIONS}/windows", fold=False),
    State("admin-entry", "counter", "lived", ADMINISTRATOR, f"{at.SECTIONS}/queues/entries/ho-tich", fold=False),
    State("admin-entry-new", "counter", "lived", ADMINISTRATOR, f"{at.SECTIONS}/windows/addition", fold=False),
    State("admin-entry-alone", "counter", "lived", ADMINISTRATOR, f"{at.SECTIONS}/calling", fold=False),
    State("admin-entry-mistakes", "counter", "lived", ADMINISTRATOR, f"{at.SECTIONS}/queues/entries/ho-tich",
          do.fill_in_wrongly, fold=False, noise=REFUSED),
    State("admin-draft-lacking", "counter", "lived", ADMINISTRATOR, f"{at.SECTIONS}/queues/addition",
          do.add_a_queue, fold=False),
    State("admin-calling", "counter", "lived", ADMINISTRATOR, "/admin/calling", fold=False),
    State("admin-calling-tried", "counter", "lived", MANAGER, "/admin/calling?try=1", fold=False),
    State("admin-calling-planned", "counter", "planned", ADMINISTRATOR, "/admin/calling", fold=False),
    State("admin-calling-no-past", "counter", "quiet", MANAGER, "/admin/calling?try=1", fold=False, alike=True),
    State("admin-desk-empty", "admin", "quiet", MANAGER, "/admin/desk", fold=False),
    State("admin-desk", "admin", "troubled", MANAGER, "/admin/desk", fold=False),
    State("admin-printers", "admin", "troubled", MANAGER, "/admin/printers", fold=False),
    State("admin-printers-auditor", "admin", "quiet", AUDITOR, "/admin/printers", fold=False, alike=True),
    State("reports", "counter", "reported", MANAGER, "/admin/reports", fold=False),
    State("reports-counters", "counter", "reported", MANAGER, "/admin/reports?by=counter", fold=False, alike=True),
    State("reports-wrong", "counter", "reported", MANAGER, "/admin/reports?from=2026-11-25&to=2026-11-01",
          fold=False, noise=REFUSED),
    State("reports-nothing", "counter", "reported", MANAGER, "/admin/reports/calls?from=2026-01-01", fold=False),
    State("reports-department", "counter", "reported", LAND_MANAGER, "/admin/reports", fold=False, alike=True),
    State("reports-calls", "counter", "reported", MANAGER, "/admin/reports/calls", fold=False),
    State("reports-satisfaction", "counter", "reported", MANAGER, "/admin/reports/satisfaction", fold=False),
    State("reports-month", "counter", "reported", MANAGER, "/admin/reports/month?from=2026-11-01&to=2026-11-30",
          fold=False, alike=True),
    State("reports-words", "counter", "reported", MANAGER, "/admin/reports/words", fold=False),
    State("reports-words-none", "counter", "quiet", MANAGER, "/admin/reports/words", fold=False),
    State("reports-words-read", "counter", "reported", MANAGER, "/admin/reports/words", do.read_words, fold=False),
    State("floor-calm", "counter", "quiet", MANAGER, "/admin/floor"),
    State("floor-alarms", "counter", "watched", MANAGER, "/admin/floor"),
    State("floor-department", "counter", "watched", LAND_MANAGER, "/admin/floor", alike=True),
    State("floor-stale", "counter", "watched", MANAGER, "/admin/floor", *SILENT_5, alike=True),
    State("floor-counter", "counter", "watched", MANAGER, "/admin/floor/counters/11"),
    State("floor-counter-help", "counter", "watched", MANAGER, "/admin/floor/counters/8", alike=True),
    State("floor-queue", "counter", "watched", MANAGER, "/admin/floor/queues/ho-tich"),
    State("floor-queue-stopped", "counter", "watched", MANAGER, "/admin/floor/queues/dat-dai"),
    State("floor-hall", "counter", "watched", MANAGER, "/admin/floor/halls/tang-1"),
    State("morning-ready", "counter", "ready", MANAGER, "/admin/morning"),
    State("morning-wrong", "counter", "quiet", ADMINISTRATOR, "/admin/morning"),
    State("admin-journal", "counter", "told", AUDITOR, "/admin/journal", fold=False),
    State("admin-journal-narrowed", "counter", "told", AUDITOR, "/admin/journal?kind=TicketCalled&counter=1",
          fold=False, alike=True),
    State("admin-journal-nothing", "counter", "told", AUDITOR, "/admin/journal?number=Z+1", fold=False),
    State("admin-journal-broken", "counter", "altered", AUDITOR, "/admin/journal", fold=False),
    State("admin-auditor", "admin", "told", AUDITOR, "/admin", fold=False, alike=True),
    State("admin-calls", "counter", "told", MANAGER, "/admin/tickets", fold=False),
    State("admin-calls-nobody", "counter", "quiet", MANAGER, "/admin/tickets", fold=False),
    State("admin-ticket", "counter", "told", MANAGER, "/admin/tickets/1/A002", fold=False),
    State("admin-ticket-unknown", "counter", "told", MANAGER, "/admin/tickets/1/Z999", noise=REFUSED, alike=True),
    State("clock-wrong", "counter", "wrong-clock", MANAGER, "/admin/floor"),
    State("clock-wrong-counter", "counter", "wrong-clock", CLERK, "/counter", alike=True),
    State("api", "admin", "quiet", None, "/api/v1", fold=False),
    State("not-found", "admin", "quiet", None, "/khong-co", noise=REFUSED, alike=True),
]  # fmt: skip
BY_NAME = {state.name: state for state in STATES}
