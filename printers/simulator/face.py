"""How the page of the simulated printer looks: HTML, style sheet and script, in Vietnamese.

The page belongs to a device of its own, not to the screens, so its texts are not translated.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import escape
from urllib.parse import quote

from printers.simulator.device import PrinterSimulator
from printers.simulator.paper import Slip
from printers.simulator.table import COMPLAINTS, DOTS_PER_MM, Fault

SHOWN, EVENTS_SHOWN = 24, 40
VIETNAM = timezone(timedelta(hours=7))
PAPER_MM = {384: 58}


@dataclass(frozen=True, slots=True)
class Switch:
    """A button: what it breaks, what mends it, and what the printer's state is called meanwhile."""

    fault: Fault
    breaks: str
    mends: str
    state: str


SWITCHES = (
    Switch(Fault.OFF, "Tắt máy", "Bật máy", "Đã tắt"),
    Switch(Fault.COVER_OPEN, "Mở nắp", "Đóng nắp", "Nắp đang mở"),
    Switch(Fault.PAPER_OUT, "Hết giấy", "Thay giấy", "Hết giấy"),
    Switch(Fault.PAPER_NEAR_END, "Sắp hết giấy", "Cuộn đầy", "Sắp hết giấy"),
    Switch(Fault.CUTTER_JAM, "Kẹt dao cắt", "Gỡ kẹt", "Kẹt dao cắt"),
    Switch(Fault.HEAD_HOT, "Đầu in nóng", "Đầu in nguội", "Đầu in quá nóng"),
)
OTHER_STATES = {
    Fault.OFFLINE: "Ngoại tuyến",
}


def page(printers: Sequence[PrinterSimulator], state: str) -> str:
    """The whole page; `state` lets the script see that something changed."""
    columns = "".join(_column(printer) for printer in printers)
    return f"""<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Giấy đã in</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body>
<header>
<h1>Giấy đã in</h1>
<p>Máy in mô phỏng. Phiếu mới nhất ở trên cùng.</p>
<p id="lost" role="status" hidden>Mất liên lạc với máy in mô phỏng. Trang sẽ tự nối lại.</p>
</header>
<main class="{"one" if len(printers) == 1 else "many"}" data-state="{escape(state)}">{columns}</main>
</body>
</html>
"""


def slip_url(slip: Slip) -> str:
    """Where the picture is; the fingerprint keeps a browser from showing another run's slip."""
    return f"/slips/{slip.number}.png?v={slip.sha256[:12]}"


def local_time(moment: datetime) -> str:
    """The time of day in Vietnam."""
    return f"{moment.astimezone(VIETNAM):%H:%M:%S}"


def _column(printer: PrinterSimulator) -> str:
    key = re.sub(r"\W+", "-", printer.name)
    slips = printer.records[: -SHOWN - 1 : -1]
    paper = "".join(_slip(slip) for slip in slips)
    return f"""
<section aria-labelledby="name-{key}">
<div class="head">
<h2 id="name-{key}">{escape(printer.name)}</h2>
<p class="facts">Cổng {printer.port} · giấy {PAPER_MM.get(printer.width, 80)} mm, {printer.width} điểm</p>
{_state(printer)}
<p class="count">{_count(printer, len(slips))}</p>
<div class="switches">{"".join(_switch(printer, switch, key) for switch in SWITCHES)}</div>
</div>
<details class="events"><summary>Nhật ký của máy ({len(printer.events)})</summary>
<ol reversed>{_events(printer)}</ol></details>
<div class="mouth"></div>
<ol class="slips">{paper or '<li class="none">Chưa in phiếu nào.</li>'}</ol>
</section>"""


def _events(printer: PrinterSimulator) -> str:
    """The newest lines of the log, newest first; those that a clean job never causes stand out."""
    return "".join(
        f'<li class="{"complaint" if event.kind in COMPLAINTS else "event"}"><b>{event.kind}</b> '
        f"{escape(event.detail)} <small>byte {event.position}</small></li>"
        for event in printer.events[: -EVENTS_SHOWN - 1 : -1]
    )


def _count(printer: PrinterSimulator, shown: int) -> str:
    words = f"Đã in <b>{printer.printed}</b> phiếu"
    if shown < printer.printed:
        words += f", xem {shown} phiếu mới nhất"
    if printer.hanging_rows:
        words += f" · {_millimetres(printer.hanging_rows)} giấy chưa cắt"
    return words


def _state(printer: PrinterSimulator) -> str:
    states = [switch.state for switch in SWITCHES if switch.fault in printer.faults]
    states += [words for fault, words in OTHER_STATES.items() if fault in printer.faults]
    kind = "wrong" if states else "ready"
    return f'<p class="state {kind}">{" · ".join(states) or "Sẵn sàng"}</p>'


def _switch(printer: PrinterSimulator, switch: Switch, key: str) -> str:
    is_set = switch.fault in printer.faults
    act = "clear" if is_set else "set"
    return (
        f'<form method="post" action="/printers/{quote(printer.name, safe="")}/faults/{switch.fault}/{act}">'
        f'<button id="{switch.fault}-{key}" class="{act}">'
        f"{switch.mends if is_set else switch.breaks}</button></form>"
    )


def _slip(slip: Slip) -> str:
    when = local_time(slip.printed_at)
    return f"""
<li id="slip-{slip.number}"><figure>
<a class="paper" href="{slip_url(slip)}">
<img src="{slip_url(slip)}" width="{slip.width // 2}" height="{max(1, slip.height // 2)}" loading="lazy"
 alt="Phiếu thứ {slip.number}, in lúc {when}"></a>
<figcaption>Phiếu {slip.number} · <time datetime="{slip.printed_at.isoformat()}">{when}</time>
 · dài {_millimetres(slip.height)}</figcaption>
</figure></li>"""


def _millimetres(rows: int) -> str:
    return f"{max(1, round(rows / DOTS_PER_MM))} mm"


STYLE = """
:root {
  --ink: #14213D; --paper: #FBFAF7; --muted: #4A5568; --jade: #0B6E4F; --lacquer: #9B1C1C;
  --sky: #1D4E89; --line: #D9D4C7; --card: #FFFFFF; --night: #0B1B33; --calm: #E9E5DB;
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 24px clamp(16px, 4vw, 56px) 64px; background: var(--calm); color: var(--ink);
  font: 16px/1.6 "Be Vietnam Pro", system-ui, sans-serif;
}
h1 { font-size: 32px; margin: 0; }
h2 { font-size: 22px; margin: 0; }
p { margin: 0; }
header p, .facts, figcaption, .count { color: var(--muted); }
#lost { color: var(--lacquer); font-weight: 600; }
main { display: grid; gap: 32px 48px; margin-top: 24px; }
main.many { grid-template-columns: repeat(auto-fit, minmax(min(360px, 100%), 1fr)); }
.head { display: grid; grid-template-columns: 1fr auto; gap: 4px 16px; padding: 0 8px 16px; }
.state { font-weight: 600; align-self: center; justify-self: end; }
.state::before {
  content: ""; display: inline-block; width: 12px; height: 12px; margin-right: 8px;
  border-radius: 50%; background: var(--jade);
}
.state.wrong::before { border-radius: 0; background: var(--lacquer); }
.head h2 { order: 1; } .head .state { order: 2; } .head .facts { order: 3; } .head .count { order: 4; }
.head .switches { order: 5; grid-column: 1 / -1; margin-top: 8px; }
.count { text-align: right; }
.count b { color: var(--ink); font-family: "Noto Sans", sans-serif; }
.switches { display: flex; flex-wrap: wrap; gap: 8px; }
button {
  min-height: 40px; padding: 0 16px; border: 1px solid var(--muted); border-radius: 6px;
  background: var(--card); color: var(--ink); font: inherit; cursor: pointer;
}
button:hover { border-color: var(--ink); }
button.clear { background: var(--ink); border-color: var(--ink); color: var(--paper); }
:focus-visible { outline: 4px solid var(--sky); outline-offset: 2px; }
.events { padding: 0 8px 16px; } .events summary { min-height: 40px; line-height: 40px; cursor: pointer; }
.events ol { margin: 0; padding-left: 40px; font-size: 15px; overflow-wrap: anywhere; }
.events small { color: var(--muted); font-size: 14px; }
.events .complaint { color: var(--lacquer); }
.mouth { height: 16px; border-radius: 8px; background: var(--night); }
.slips {
  list-style: none; margin: -8px 0 0; padding: 0 24px; display: flex; flex-wrap: wrap; gap: 32px;
  justify-content: center; align-items: flex-start; overflow: hidden;
}
main.one .slips { justify-content: flex-start; }
.none { padding: 48px 0; color: var(--muted); }
figure { margin: 0; max-width: 100%; }
.paper {
  display: block; width: fit-content; max-width: 100%; margin: 0 auto;
  padding: 16px 16px 20px; background: var(--paper);
  clip-path: polygon(0 0, 100% 0, 100% calc(100% - 5px), 98.5% 100%, 1.5% 100%, 0 calc(100% - 5px));
  border: 1px solid var(--line);
}
.paper img { display: block; max-width: 100%; height: auto; mix-blend-mode: multiply; }
figcaption { margin-top: 8px; font-size: 16px; text-align: center; font-variant-numeric: tabular-nums; }
@media (prefers-reduced-motion: no-preference) {
  .new .paper { animation: feed 280ms ease-out; }
  @keyframes feed { from { transform: translateY(-40px); } }
}
"""

SCRIPT = """
(() => {
  const lost = document.getElementById('lost');
  const ids = root => new Set([...root.querySelectorAll('li[id]')].map(slip => slip.id));
  async function renew(old) {
    const answer = await fetch('/', { cache: 'no-store' });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
    const known = ids(old), focused = document.activeElement.id;
    const logs = [...old.querySelectorAll('details')].map(log => log.open);
    [...fresh.querySelectorAll('details')].forEach((log, i) => { log.open = Boolean(logs[i]); });
    for (const slip of fresh.querySelectorAll('li[id]')) slip.classList.toggle('new', !known.has(slip.id));
    old.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
  async function look() {
    const main = document.querySelector('main');
    try {
      const answer = await fetch('/slips.json', {
        cache: 'no-store', headers: { 'If-None-Match': main.dataset.state },
        signal: AbortSignal.timeout(4000) });
      if (answer.status === 200) await renew(main);
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    }
    setTimeout(look, 2000);
  }
  setTimeout(look, 2000);
})();
"""
