// My ticket: asks anew at the pace that the page names, more slowly while nobody answers; says when it is my turn.
(() => {
  const LONGEST = 120, PATIENCE = 15;
  let timer = 0, failed = 0, before = '', asked = 0, heard = performance.now(), heardAt = new Date();

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

  // A place that nobody has confirmed of late is none: it goes, and the page says since when it has heard nothing.
  function watch() {
    const pace = Number(now().again), line = document.getElementById('unheard');
    line.hidden = !pace || (!failed && performance.now() - heard < (pace + PATIENCE) * 1000);
    document.body.classList.toggle('stale', !line.hidden);
    line.querySelector('[data-since]').textContent = [heardAt.getHours(), heardAt.getMinutes()].map(n => String(n).padStart(2, '0')).join(':');
  }

  function hear() {
    if (failed) document.getElementById('failure').replaceChildren();
    failed = 0; heard = performance.now(); heardAt = new Date();
    heed(); plan(); watch();
  }

  function miss() {
    failed += 1;
    plan(); watch();
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
  document.addEventListener('DOMContentLoaded', () => { heed(); plan(); setInterval(watch, 1000); });
  document.addEventListener('htmx:after:swap', event => { if (event.detail.ctx.response.status < 400 || event.target.id !== 'place') hear(); else miss(); });
  document.addEventListener('htmx:error', miss);
  // Whoever takes the phone out of the pocket sees what is true now.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    watch();
    if (performance.now() - asked > 3000) ask();
  });
})();
