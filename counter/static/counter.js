// Keys by place on the keyboard, so that Telex cannot change them; none fires while composing, held or with another key.
// Which key does what stands on the buttons (data-key): each clerk chooses. Only what is marked fires inside a field.
(() => {
  document.addEventListener('keydown', event => {
    if (event.repeat || event.isComposing || event.altKey || event.metaKey || event.shiftKey) return;
    if (isScanner(event)) { event.preventDefault(); openScan(); return; }
    if (event.ctrlKey || !event.code || document.querySelector('.panel:popover-open')) return;
    const meant = [...document.querySelectorAll(`[data-key="${event.code}"]`)].find(e => e.checkVisibility({ visibilityProperty: true }));
    if (!meant || meant.matches('.help')) return;
    const inField = event.target.closest?.('input, select, textarea, [contenteditable]');
    if (inField && !('anywhere' in meant.dataset)) return;
    event.preventDefault();
    if (!meant.matches('select')) meant.click();
    else if (meant === event.target) document.getElementById('whole-sheet').click();
    else meant.focus();
  });

  // The key of the list, pressed again in the list, opens the whole sheet. It is another page: what stands in the quick
  // form goes along by POST, and nothing is typed twice.
  document.addEventListener('click', event => {
    const whole = event.target.closest?.('#whole-sheet');
    if (!whole) return;
    event.preventDefault();
    const way = document.createElement('input');
    Object.assign(way, { type: 'hidden', name: whole.name, value: whole.value });
    whole.form.append(way);
    whole.form.action = whole.formAction;
    whole.form.submit();
  });

  // Keys may change while the page is open: every picture brings them. Only the list of procedures is never drawn anew,
  // somebody may be choosing in it; the heading above it tells its key.
  document.addEventListener('htmx:after:swap', () => {
    const list = document.getElementById('procedure'), key = document.querySelector('#intake-head h2')?.dataset.opensList;
    for (const name of ['data-key', 'aria-keyshortcuts']) if (key) list?.setAttribute(name, key); else list?.removeAttribute(name);
  });

  // A scanner sends its prefix, the code and Enter, at whatever pace. The field has the focus before the first letter.
  function isScanner(event) {
    const prefix = document.querySelector('[data-scan-prefix]')?.dataset.scanPrefix;
    if (prefix === 'STX') return event.key === '\u0002' || (event.ctrlKey && event.code === 'KeyB');
    return prefix === event.code && !event.ctrlKey;
  }
  function openScan() {
    const panel = document.getElementById('panel-scan'), field = document.getElementById('scan-text');
    if (!panel.matches(':popover-open')) panel.showPopover();
    field.value = '';
    field.focus();
  }

  // An open panel takes the focus to its first field, and closes when what it sent was done. A refusal is read in the
  // panel with every word kept; an answer that never came is said on the page below, so the panel makes way.
  document.addEventListener('toggle', event => {
    if (!event.target.matches('.panel')) return;
    for (const part of event.target.querySelectorAll('.told, .found')) part.replaceChildren();
    if (event.newState !== 'open') { event.target.querySelector('form.ask')?.reset(); return; }
    if (!event.target.contains(document.activeElement?.closest('input'))) event.target.querySelector('select, input:not([type=hidden])')?.focus();
    event.target.querySelector('[data-asks]')?.requestSubmit();
  }, true);
  document.addEventListener('htmx:after:request', event => {
    if (event.target.matches?.('form.ask')) asked(event.target, event.detail.ctx.response?.raw.ok);
    const form = event.target.closest?.('form[data-closes]');
    if (!form || !event.detail.ctx.response?.raw.ok) return;
    form.closest('[popover]')?.hidePopover();
    form.reset();
    renew(form.querySelector('[data-request]'));
  });
  document.addEventListener('htmx:error', () => document.querySelector('.panel:popover-open')?.hidePopover());

  // A refusal stands alone in the panel. What was scanned leaves the field once it has its answer, unless by then the
  // next code is on its way.
  let scanned = '';
  document.addEventListener('submit', event => { if (event.target.id === 'scan') scanned = event.target.elements.text.value; }, true);
  function asked(form, isFound) {
    form.closest('.panel').querySelector(isFound ? '.told' : '.found').replaceChildren();
    if (form.id === 'scan' && form.elements.text.value === scanned) form.reset();
  }

  // A card fills two fields of the dossier, in this page only; what stands beside says where they come from.
  document.addEventListener('htmx:after:swap', () => {
    const card = document.querySelector('#scan-found [data-prefill]');
    if (!card) return;
    document.getElementById('owner_name').value = card.dataset.name;
    document.getElementById('identity').value = card.dataset.identity;
    for (const name of ['prefill', 'name', 'identity']) delete card.dataset[name];
    document.getElementById('prefilled').replaceChildren(card);
    document.getElementById('panel-scan').hidePopover();
    document.getElementById('procedure').focus();
  });

  // What was done is over: the next press of this form is another one.
  function renew(request) {
    if (!request) return;
    const [stem, count] = request.value.split(/-(?=\d+$)/);
    request.value = request.defaultValue = stem + '-' + (Number(count) + 1);
  }

  // The emergency key must be held for a second, so that no sleeve calls for help; it does so inside fields too.
  // Whatever began as a call cannot end as its withdrawal: by then the other button stands in the same place.
  const HOLD = 1000;
  let holding = 0, begunAsCall = false;
  const hold = () => { holding ||= setTimeout(() => { holding = 0; document.getElementById('help')?.requestSubmit(); }, HOLD); };
  const release = () => { clearTimeout(holding); holding = 0; };
  const onCall = event => Boolean(event.target.closest?.('[data-hold]'));
  const isHelpKey = event => event.code !== '' && event.code === document.getElementById('helping')?.dataset.key;
  const isHeld = event => isHelpKey(event) || (onCall(event) && /^(Space|Enter|NumpadEnter)$/.test(event.code));
  document.addEventListener('keydown', event => {
    if (!event.repeat) begunAsCall = onCall(event);
    if (isHeld(event)) { event.preventDefault(); if (!event.repeat) hold(); }
  });
  document.addEventListener('keyup', event => { if (isHeld(event)) { event.preventDefault(); release(); } });
  document.addEventListener('pointerdown', event => { begunAsCall = onCall(event); if (begunAsCall) hold(); });
  for (const kind of ['pointerup', 'pointercancel', 'pointerleave']) document.addEventListener(kind, release);
  window.addEventListener('blur', release);
  document.addEventListener('click', event => {
    if ((onCall(event) && event.detail) || (begunAsCall && event.target.closest?.('#help-off'))) event.preventDefault();
  }, true);

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

  // The button that was pressed makes way for the next one ("Đã đến" for "Xong"): who works by Tab and Enter stays there.
  let place = -1;
  const row = () => [...document.querySelectorAll('#buttons .row button')];
  document.addEventListener('htmx:before:swap', () => { place = row().indexOf(document.activeElement); });
  document.addEventListener('htmx:after:swap', () => { if (document.activeElement === document.body) row()[place]?.focus(); });

  // A received dossier empties the form and gives it a new request id; a refused one keeps every word.
  document.addEventListener('htmx:after:swap', () => {
    const done = document.querySelector('#result [data-done]');
    const form = document.getElementById('intake');
    if (!done || !form || done.dataset.done === 'seen') return;
    done.dataset.done = 'seen';
    const request = form.querySelector('[data-request]');
    form.reset();
    document.getElementById('papers').replaceChildren();
    document.getElementById('prefilled').replaceChildren();
    renew(request);
  });
})();
