// A screen of the hall says how it is: every 25 s, and at once when that changes. It loads its page anew when it is
// told to, but only once the server answers: a browser's own error page would be the end of this screen.
(() => {
  const EVERY = 25000, ANSWER_WITHIN = 4000, AGAIN = 4000;
  const own = document.querySelector('meta[name=screen]'), loaded = performance.now();
  let sent = -Infinity, said = '', sounded = null, sending = false, leaving = false;
  const seconds = since => String(Math.max(0, Math.floor((performance.now() - since) / 1000)));

  function browser() {
    const found = navigator.userAgent.match(/(Firefox|Chrome|Version)\/(\d+)/) || [];
    return [{ Chrome: 'Chromium', Version: 'Safari' }[found[1]] || found[1] || 'Other', found[2] || '1'];
  }

  function showing() {
    if (document.querySelector('.out-of-order')) return 'out';
    if (document.hidden) return 'asleep';
    if (document.body.classList.contains('stale')) return 'offline';
    const screen = document.getElementById('screen');
    const isUsed = screen && (location.pathname !== screen.dataset.home || document.querySelector('.result'));
    return isUsed ? 'used' : 'start';
  }

  async function beat() {
    const now = showing();
    if (sending || leaving || (now === said && performance.now() - sent < EVERY)) return;
    if (now === 'offline' && performance.now() - sent < EVERY) return;
    sending = true;
    [said, sent] = [now, performance.now()];
    const [name, version] = browser();
    const words = new URLSearchParams({
      browser: name, version, width: innerWidth, height: innerHeight, showing: now, page: own.dataset.release, age: seconds(loaded) });
    if (sounded !== null) words.set('sounded', seconds(sounded));
    try {
      const answer = await fetch(`/devices/${own.content}/beats`, { method: 'POST', body: words, cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN) });
      if (answer.ok && (await answer.json()).reload) reload();
    } catch { /* the next one tells */ }
    sending = false;
  }

  async function reload() {
    // A page that would rather do it in its own way, or not now, says so.
    if (leaving || !document.dispatchEvent(new Event('link:reload', { cancelable: true }))) return;
    leaving = true;
    let there = false;
    try { there = (await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN) })).ok; } catch { /* not yet */ }
    leaving = there;
    if (there) location.reload();
    else setTimeout(reload, AGAIN);
  }

  // What comes over the socket drives it, too: a page behind others gets its timers once a minute only.
  document.addEventListener('htmx:ws:before:message:incoming', event => {
    if (String(event.detail.message.data).startsWith('{"t":"reload"')) { event.preventDefault(); reload(); }
    beat();
  });
  document.addEventListener('visibilitychange', beat);
  document.addEventListener('DOMContentLoaded', () => {
    new MutationObserver(() => { sounded = performance.now(); }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-speaking'] });
    setInterval(beat, 2000);
    beat();
  });
})();
