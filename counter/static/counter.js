// Keys by place on the keyboard, so that Telex cannot change them; none fires inside a field, while composing or held.
(() => {
  const KEYS = {
    F2: 'F2', KeyR: 'R', KeyB: 'B', KeyN: 'N', KeyX: 'X', KeyZ: 'Z', KeyK: 'K', KeyT: 'T', KeyH: 'H', KeyG: 'G', KeyW: 'W',
    KeyS: 'S', KeyP: 'P',
  };
  document.addEventListener('keydown', event => {
    if (event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (document.querySelector('.panel:popover-open')) return;
    if (event.code === 'F8') {
      event.preventDefault();
      document.getElementById('procedure')?.focus();
      return;
    }
    const key = KEYS[event.code];
    if (!key) return;
    const inField = event.target.closest?.('input, select, textarea, [contenteditable]');
    if (inField) return;
    const button = document.querySelector(`[data-key="${key}"]`);
    if (button?.checkVisibility({ visibilityProperty: true })) { event.preventDefault(); button.click(); }
  });

  // An open panel takes the focus to its first field, and closes when what it sent was done. A refusal is read in the
  // panel with every word kept; an answer that never came is said on the page below, so the panel makes way.
  document.addEventListener('toggle', event => {
    if (event.newState !== 'open') return;
    event.target.querySelector('.told')?.replaceChildren();
    event.target.querySelector('select, input:not([type=hidden])')?.focus();
  }, true);
  document.addEventListener('htmx:after:request', event => {
    const form = event.target.closest?.('form[data-closes]');
    if (!form || !event.detail.ctx.response?.raw.ok) return;
    form.closest('[popover]')?.hidePopover();
    document.getElementById('slips-found').replaceChildren();
    form.reset();
    renew(form.querySelector('[data-request]'));
  });
  document.addEventListener('htmx:error', () => document.querySelector('.panel:popover-open')?.hidePopover());

  // What was done is over: the next press of this form is another one.
  function renew(request) {
    if (!request) return;
    const [stem, count] = request.value.split(/-(?=\d+$)/);
    request.value = request.defaultValue = stem + '-' + (Number(count) + 1);
  }

  // The emergency key must be held for a second, so that no sleeve calls for help; F7 does so inside fields too.
  const HOLD = 1000;
  let holding = 0;
  const hold = () => { holding ||= setTimeout(() => { holding = 0; document.getElementById('help').requestSubmit(); }, HOLD); };
  const release = () => { clearTimeout(holding); holding = 0; };
  const isHeld = event => event.code === 'F7' || (event.target.closest?.('[data-hold]') && /^(Space|Enter|NumpadEnter)$/.test(event.code));
  document.addEventListener('keydown', event => { if (isHeld(event)) { event.preventDefault(); if (!event.repeat) hold(); } });
  document.addEventListener('keyup', event => { if (isHeld(event)) { event.preventDefault(); release(); } });
  document.addEventListener('pointerdown', event => { if (event.target.closest?.('[data-hold]')) hold(); });
  for (const kind of ['pointerup', 'pointercancel', 'pointerleave']) document.addEventListener(kind, release);
  window.addEventListener('blur', release);
  document.addEventListener('click', event => { if (event.target.closest?.('[data-hold]') && event.detail) event.preventDefault(); });

  // An impatient second press of "next" is the same press: without this rest it would call one more person.
  const REST = 800;
  document.addEventListener('submit', event => {
    if (!event.target.action.endsWith('/calls')) return;
    if (document.body.dataset.resting) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    document.body.dataset.resting = 'calls';
    setTimeout(() => { delete document.body.dataset.resting; }, REST);
  }, true);

  function tick() {
    const since = document.querySelector('[data-ticking]');
    if (!since) return;
    const seconds = Math.max(0, Math.floor((Date.now() - Number(since.dataset.ticking)) / 1000));
    since.textContent = Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0');
  }
  setInterval(tick, 1000);
  document.addEventListener('DOMContentLoaded', tick);

  // Every picture brings the hour of the call back: without this tick it would show for a moment. And once a colleague
  // sits here, the page that is still open must not look like one's own.
  document.addEventListener('htmx:after:swap', () => {
    tick();
    const seated = document.querySelector('.desk-grid')?.dataset.shift;
    if (seated && seated !== document.getElementById('facts').dataset.shift) location.reload();
  });

  // A received dossier empties the form and gives it a new request id; a refused one keeps every word.
  document.addEventListener('htmx:after:swap', () => {
    const done = document.querySelector('#result [data-done]');
    const form = document.getElementById('intake');
    if (!done || !form || done.dataset.done === 'seen') return;
    done.dataset.done = 'seen';
    const request = form.querySelector('[data-request]');
    form.reset();
    document.getElementById('papers').replaceChildren();
    renew(request);
  });
})();
