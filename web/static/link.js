// What every page shares: it says when it has heard nothing for 4 s, and never reloads blindly.
(() => {
  const STALE = 4000, SAFE = 60000, RELOAD = 25000, PROBE_EVERY = 4000;
  let last = performance.now(), lastWall = new Date(), probing = 0, leaving = false;

  const hearing = () => { last = performance.now(); lastWall = new Date(); };
  document.addEventListener('htmx:ws:before:message:incoming', event => {
    hearing();
    const data = String(event.detail.message.data);
    if (data.startsWith('{"t":"hb"')) event.preventDefault();
    if (data.startsWith('{"t":"gone"')) { event.preventDefault(); if (!leaving) leave(); }
  });

  async function answers() {
    try { return (await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PROBE_EVERY) })).ok; } catch { return false; }
  }

  // Sent away: whoever asks anew is told why, but only once somebody is there to tell.
  async function leave() {
    if (await answers()) location.reload();
    else setTimeout(leave, PROBE_EVERY);
  }

  // Who locks the screen is on the way already: the server says so to the page before the form's answer is there.
  document.addEventListener('submit', event => { leaving ||= event.target.id === 'lock'; });

  // By the server's clock, where the page shows it: a wall's own may be wrong.
  const shown = () => document.querySelector('#clock .figures')?.textContent;
  const since = () => shown() || String(lastWall.getHours()).padStart(2, '0') + ':' + String(lastWall.getMinutes()).padStart(2, '0');

  async function probe() {
    if (performance.now() - probing < PROBE_EVERY) return;
    probing = performance.now();
    if (!(await answers())) return;
    // A page that would rather do something else when the server is back says so.
    if (document.dispatchEvent(new Event('link:back', { cancelable: true }))) location.reload();
  }

  function watch() {
    const link = document.getElementById('link');
    if (!link) return;
    const age = performance.now() - last;
    document.body.classList.toggle('stale', age > STALE);
    document.body.classList.toggle('lost', age > SAFE);
    link.hidden = age <= STALE;
    // A tap that leads to the browser's own error page would be the end of this screen: nothing can be tapped.
    if (document.body.matches('.kiosk, .tablet')) {
      for (const part of document.querySelectorAll('body > header, body > main, body > footer')) part.inert = age > STALE && !part.querySelector('#number');
    }
    const time = link.querySelector('[data-since]');
    if (time && age > STALE) time.textContent = since();
    if (age > RELOAD) probe();
  }

  // What a proxy or a Wi-Fi says in our place is no answer of ours: it counts as lost, and takes nothing's place.
  const isOurs = answer => (answer.headers.get('content-security-policy') ?? '').includes('trusted-types htmx');
  document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
    const send = ctx.fetch;
    ctx.fetch = async (...asked) => {
      const answer = await send(...asked);
      if (isOurs(answer)) return answer;
      throw new Error(`not our answer: ${answer.status}`);
    };
  });

  // A press whose answer was lost says so; pressing again sends the same request id, so nothing happens twice.
  document.addEventListener('htmx:error', event => {
    const place = document.querySelector('[data-unanswered]');
    if (!event.detail?.ctx || !place || event.target.id === 'paper') return;
    const line = document.createElement('p');
    line.className = 'failure';
    line.setAttribute('role', 'alert');
    line.textContent = place.dataset.unanswered;
    place.replaceChildren(line);
  });
  document.addEventListener('htmx:before:request', () => document.querySelector('[data-unanswered]')?.replaceChildren());

  document.addEventListener('DOMContentLoaded', () => {
    hearing();
    setInterval(watch, 500);
    document.querySelectorAll('form[data-submit-at-once]').forEach(form => form.requestSubmit());
  });
  document.addEventListener('change', event => {
    if (event.target.matches('[data-submit]')) event.target.form.requestSubmit();
  });

  // A staff screen that nobody touches locks itself; whoever is being served counts as activity. The lock is the
  // browser's: each page tells the others, or a forgotten tab would take the screen from whoever works in the next one.
  let touched = performance.now(), told = touched;
  const others = new BroadcastChannel('touched');
  others.onmessage = () => { touched = told = performance.now(); };
  for (const kind of ['keydown', 'pointerdown', 'pointermove', 'wheel']) document.addEventListener(kind, () => { touched = performance.now(); }, { passive: true });
  setInterval(() => {
    const lock = document.getElementById('lock');
    if (!lock) return;
    if (document.querySelector('[data-ticking]')) touched = performance.now();
    if (touched > told) { told = touched; others.postMessage(null); }
    if (performance.now() - touched > Number(lock.dataset.idleMinutes) * 60000) { touched = performance.now(); lock.requestSubmit(); }
  }, 1000);
})();
