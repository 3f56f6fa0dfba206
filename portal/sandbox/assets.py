"""The style sheet and the script of the sandbox portal's page, served as files of their own (strict CSP)."""

from __future__ import annotations

STYLE = """\
:root { --ink: #14213D; --paper: #FBFAF7; --muted: #4A5568; --lacquer: #9B1C1C; --snow: #F7F5EF;
  --amber: #8A5A00; --jade: #0B6E4F; --sky: #1D4E89; --line: #D9D4C7; --card: #FFFFFF; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 17px/1.55 "Be Vietnam Pro", "Noto Sans", system-ui, sans-serif; }
body > * { max-width: 1216px; margin-inline: auto; padding-inline: 32px; }
header { padding-block: 32px 8px; }
h1 { margin: 0; font-size: 32px; font-weight: 600; }
h2 { margin: 48px 0 8px; font-size: 22px; font-weight: 600; }
p { margin: 8px 0; max-width: 90ch; }
.quiet { color: var(--muted); }
:focus-visible { outline: 4px solid var(--sky); outline-offset: 2px; }
#link { position: sticky; top: 0; z-index: 1; max-width: none; margin: 0; padding: 8px 32px;
  background: var(--card); border-left: 4px solid var(--amber); border-bottom: 1px solid var(--line); }
#link[hidden] { display: none; }
.stale main { opacity: .55; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 24px;
  margin: 24px 0 0; }
dl div { display: flex; flex-direction: column-reverse; border-top: 1px solid var(--line); padding-top: 8px; }
section > form { justify-content: flex-start; }
#scores { grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); }
#scores dd { font-size: 26px; }
dt { color: var(--muted); }
dd { margin: 0; font: 600 40px/1.4 "Noto Sans", system-ui, sans-serif; font-variant-numeric: tabular-nums; }
#scores { grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); }
#scores div { justify-content: flex-end; }
#scores dd { font-size: 26px; white-space: nowrap; }
.scroll { overflow: auto; max-height: 520px; }
.scroll th { position: sticky; top: 0; background: var(--paper); }
table { width: 100%; border-collapse: collapse; }
th { color: var(--muted); font-weight: 500; text-align: left; }
th, td { padding: 8px 24px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr > :last-child { padding-right: 0; }
.figure { font-family: "Noto Sans", system-ui, sans-serif; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
.count { text-align: right; }
.mark { display: inline-block; white-space: nowrap; border-left: 4px solid var(--line); padding-left: 8px; }
.mark.good { border-color: var(--jade); }
.mark.wait { border-color: var(--amber); }
.mark.bad { border-color: var(--lacquer); }
.title { min-width: 176px; }
.wide { min-width: 320px; overflow-wrap: anywhere; }
.switches { list-style: none; margin: 0; padding: 0; }
.switches li { display: grid; grid-template-columns: 1fr 232px 488px; gap: 8px 24px; align-items: center;
  padding: 12px 0; border-bottom: 1px solid var(--line); }
#fault-refuse_field .mark { white-space: normal; overflow-wrap: anywhere; }
.switches strong { font-weight: 600; display: block; }
form { display: flex; flex-wrap: wrap; gap: 8px; justify-content: flex-end; align-items: end; }
label { color: var(--muted); display: grid; }
input, select { min-height: 40px; width: 168px; padding: 4px 12px; font: inherit; color: var(--ink);
  background: var(--card); border: 1px solid var(--muted); border-radius: 6px; }
select { width: auto; }
button { min-height: 40px; padding: 4px 16px; font: inherit; color: var(--ink); background: var(--card);
  border: 1px solid var(--muted); border-radius: 6px; cursor: pointer; }
button:hover { border-color: var(--ink); }
button.primary { background: var(--lacquer); border-color: var(--lacquer); color: var(--snow); }
.end { display: flex; justify-content: flex-end; gap: 8px; margin: 16px 0 64px; }
@media (max-width: 900px) {
  body > * { padding-inline: 16px; }
  dl { grid-template-columns: 1fr 1fr; }
  .switches li { grid-template-columns: 1fr; }
  form, .end { justify-content: flex-start; flex-wrap: wrap; }
}
"""

SCRIPT = """\
(() => {
  const EVERY_MS = 2000, LIMIT_MS = 1500, STALE_MS = 6000;
  const link = document.getElementById('link');
  let tag = '', lastGood = performance.now();
  const show = fresh => {
    for (const region of document.querySelectorAll('[data-live]')) {
      const next = fresh.getElementById(region.id);
      if (next && next.innerHTML !== region.innerHTML) region.replaceChildren(...next.childNodes);
    }
  };
  const ask = async () => {
    const answer = await fetch('/', {cache: 'no-store', signal: AbortSignal.timeout(LIMIT_MS),
      headers: tag ? {'If-None-Match': tag} : {}});
    if (answer.status === 304) return;
    if (!answer.ok) throw new Error(answer.status);
    show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    tag = answer.headers.get('ETag');
  };
  const refresh = async () => {
    try { await ask(); lastGood = performance.now(); } catch { /* said below, by its age */ }
    const age = performance.now() - lastGood;
    link.hidden = age < STALE_MS;
    document.body.classList.toggle('stale', age >= STALE_MS);
    if (age >= STALE_MS) link.textContent =
      `Cổng thử nghiệm không trả lời từ ${Math.round(age / 1000)} giây trước. Trang này sẽ tự nối lại.`;
    setTimeout(refresh, EVERY_MS);
  };
  setTimeout(refresh, EVERY_MS);
})();
"""
