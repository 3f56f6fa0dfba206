// No call is lost on the glass. A picture holds the last ones only: where it leaves a gap, those between are fetched.
// Who is still called and stands nowhere else, or was pushed off the list at once, stands here for six seconds.
(() => {
  const STAYS = 6000, AGAIN = 2000, PATIENCE = 5000, ONE_ANSWER = 500, MOST = 21;
  const kept = sessionStorage, due = new Map(), find = id => document.getElementById(id);
  let known = Number(kept.known || -1), busy = false, timer = 0;

  const shown = () => [...document.querySelectorAll('#calls [data-seq]')].map(({ dataset: row }) => (
    { seq: Number(row.seq), ticket: row.ticket, kind: row.kind, number: row.number, counter: row.counter }));

  async function fetched(after) {
    const address = `/display/${find('wall').dataset.device}/calls?after=${after}`;
    const answer = await fetch(address, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error('calls');
    const { calls } = await answer.json();
    return calls.length < ONE_ANSWER ? calls : [...calls, ...await fetched(calls.at(-1).seq)];
  }

  function take(rows) {
    for (const row of rows.filter(row => row.seq > known && Number(row.ticket))) {
      for (const [seq, one] of due) if (String(one.ticket) === String(row.ticket)) due.delete(seq);
      if (row.kind !== 'withdrawn' && row.open !== false) due.set(row.seq, { ...row, since: 0 });
    }
    if (rows.length) kept.known = known = rows.at(-1).seq;
  }

  async function look() {
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    try {
      const rows = shown();
      // A page just loaded for the first time shows what there is; one loaded anew knows what it has shown.
      if (known < 0 || (rows.length && rows.at(-1).seq < known)) kept.known = known = rows.at(-1)?.seq ?? 0;
      if (rows.length && rows[0].seq > known) take((await fetched(known)).filter(row => row.seq < rows[0].seq));
      take(rows);
      draw();
    } catch { timer = setTimeout(look, AGAIN); } finally { busy = false; }
  }

  function draw() {
    const box = find('missed'), now = document.querySelector('#now .call')?.dataset.seq;
    const isListed = one => document.getElementById(`before-${one.ticket}`) !== null;
    const waits = [...due.values()].filter(one => String(one.seq) !== now);
    const isNeeded = waits.some(one => !isListed(one));
    const listed = isNeeded ? waits.sort((a, b) => b.seq - a.seq).slice(-MOST) : [];
    for (const one of due.values()) {
      if (!one.since && (String(one.seq) === now || listed.includes(one) || (!isNeeded && isListed(one)))) one.since = performance.now();
      if (one.since && performance.now() - one.since >= STAYS) due.delete(one.seq);
    }
    const words = listed.map(one => `${one.number} ${one.counter}`).join();
    if (box.dataset.words === words) return;
    box.dataset.words = words;
    box.hidden = !listed.length;
    box.classList.toggle('many', listed.length > 12);
    box.querySelector('ul').replaceChildren(...listed.map(line));
  }

  function line(one) {
    const row = document.createElement('li'), number = document.createElement('span'), counter = document.createElement('b');
    number.className = 'number';
    number.textContent = one.number;
    counter.className = 'figures';
    counter.textContent = one.counter;
    row.append(number, counter);
    return row;
  }

  document.addEventListener('DOMContentLoaded', () => {
    look();
    new MutationObserver(look).observe(find('calls'), { childList: true, subtree: true, attributes: true });
    setInterval(() => { if (due.size || !find('missed').hidden) draw(); }, 500);
  });
})();
