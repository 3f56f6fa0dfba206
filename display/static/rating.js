// The tablet goes back to its first page: a few seconds after the thanks, and when a reason is left unwritten.
(() => {
  let touched = Date.now(), shown = null, leaving = false;

  async function goHome(home) {
    if (leaving) return;
    leaving = true;
    // A browser's own error page would be the end of this screen.
    try { if ((await fetch('/healthz', { cache: 'no-store' })).ok) location.replace(home); } catch { /* again soon */ }
    leaving = false;
  }

  function watch() {
    const home = document.getElementById('tablet').dataset.home, waits = document.querySelector('[data-go-home]');
    if (home && waits && Date.now() - touched >= Number(waits.dataset.goHome) * 1000) goHome(home);
  }

  function notice() {
    const waits = document.querySelector('[data-go-home]');
    if (waits !== shown) touched = Date.now();
    shown = waits;
  }

  document.addEventListener('DOMContentLoaded', () => {
    notice();
    new MutationObserver(notice).observe(document.getElementById('face'), { childList: true, subtree: true });
    for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, () => { touched = Date.now(); }, true);
    setInterval(watch, 250);
  });
})();
