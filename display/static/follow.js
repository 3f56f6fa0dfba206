// My ticket: asks anew at the pace that the page names, more slowly while nobody answers; says when it is my turn.
(() => {
  const LONGEST = 120;
  let timer = 0, failed = 0, before = '', asked = 0;

  const place = () => document.getElementById('place');
  const now = () => place().querySelector('[data-state]').dataset;

  function plan() {
    clearTimeout(timer);
    const pace = Number(now().again);
    if (pace) timer = setTimeout(ask, Math.min(pace * 2 ** failed, LONGEST) * 1000);
  }

  function ask() {
    asked = performance.now();
    place().dispatchEvent(new Event('again'));
  }

  function say(told) {
    document.title = `${told.words} – ${told.number}`;
    if (navigator.vibrate) navigator.vibrate([300, 150, 300]);
    if (!('Notification' in window) || Notification.permission !== 'granted') return;
    try { new Notification(told.words, { body: told.number, tag: told.number, requireInteraction: true }); } catch { /* a phone that wants a service worker: title and vibration must do */ }
  }

  function heed() {
    const told = now();
    if (before && told.state !== before && told.words) say(told);
    before = told.state;
    offer(told);
  }

  // Over plain http no phone tells anybody anything: nothing is offered that would not happen.
  function offer(told) {
    const can = window.isSecureContext && 'Notification' in window && Notification.permission === 'default';
    document.getElementById('notify').hidden = !can || !['waiting', 'near'].includes(told.state);
  }

  document.addEventListener('click', async event => {
    if (event.target.id !== 'notify') return;
    await Notification.requestPermission();
    offer(now());
  });
  document.addEventListener('DOMContentLoaded', () => { heed(); plan(); });
  document.addEventListener('htmx:after:swap', () => { failed = 0; heed(); plan(); });
  document.addEventListener('htmx:error', () => { failed += 1; plan(); });
  // Whoever takes the phone out of the pocket sees what is true now.
  document.addEventListener('visibilitychange', () => { if (!document.hidden && performance.now() - asked > 3000) ask(); });
})();
