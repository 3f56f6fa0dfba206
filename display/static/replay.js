// A past day runs: the instant of that day follows from the seconds here, so a slow picture is skipped, never late.
(() => {
  const PACE = 1000, PATIENCE = 8000;
  const find = id => document.getElementById(id);
  const seconds = text => text.split(':').reduce((sum, part) => 60 * sum + Number(part), 0) * (text.length > 5 ? 1 : 60);
  const shown = at => [at / 3600, at / 60 % 60, at % 60].map(part => String(Math.floor(part)).padStart(2, '0')).join(':');
  let from = 0, since = 0, first = 0, last = 0, asked = -PATIENCE, waiting = false, running = true;

  function reached() {
    const gone = running ? (performance.now() - since) / 1000 * Number(find('speed').value) : 0;
    return Math.min(from + gone, last);
  }

  function go(at) {
    from = at;
    since = performance.now();
    find('pause').textContent = running ? find('pause').dataset.stop : find('pause').dataset.go;
  }

  function ask() {
    if (waiting && performance.now() - asked < PATIENCE) return;
    const at = reached();
    find('player').elements.at.value = shown(at);
    if (document.activeElement !== find('axis')) find('axis').value = at;
    find('reached').textContent = shown(at).slice(0, 5);
    asked = performance.now();
    waiting = true;
    find('player').dispatchEvent(new Event('again'));
    if (running && at >= last) { running = false; go(last); }
  }

  function jump(at) { go(at); waiting = false; ask(); }

  document.addEventListener('htmx:after:swap', () => { waiting = false; });
  document.addEventListener('htmx:error', () => { waiting = false; });
  document.addEventListener('DOMContentLoaded', () => {
    const told = find('player').dataset, axis = find('axis');
    first = seconds(told.from); last = seconds(told.until);
    Object.assign(axis, { min: first, max: last, step: 10, value: seconds(told.at) });
    axis.hidden = find('pause').hidden = false;
    go(seconds(told.at));
    axis.addEventListener('change', () => jump(Number(axis.value)));
    find('pause').addEventListener('click', () => { const at = reached(); running = !running; go(at >= last && running ? first : at); });
    find('speed').addEventListener('focus', () => go(reached()));
    find('speed').addEventListener('change', () => go(from));
    find('jump').addEventListener('submit', event => { event.preventDefault(); running = true; jump(seconds(find('at').value)); });
    setInterval(() => { if (running) ask(); }, PACE);
  });
})();
