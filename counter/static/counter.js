// Keys by place on the keyboard, so that Telex cannot change them; none fires inside a field, while composing or held.
(() => {
  const KEYS = { F2: 'F2', KeyR: 'R', KeyN: 'N', KeyX: 'X' };
  document.addEventListener('keydown', event => {
    if (event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
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
    if (button) { event.preventDefault(); button.click(); }
  });

  // An impatient second press of "next" is the same press: without this rest it would call one more person.
  const REST = 800;
  document.addEventListener('submit', event => {
    if (!event.target.action.endsWith('/calls')) return;
    if (document.body.dataset.resting) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    document.body.dataset.resting = 'calls';
    setTimeout(() => { delete document.body.dataset.resting; }, REST);
  }, true);

  setInterval(() => {
    const since = document.querySelector('[data-ticking]');
    if (!since) return;
    const seconds = Math.max(0, Math.floor((Date.now() - Number(since.dataset.ticking)) / 1000));
    since.textContent = Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0');
  }, 1000);

  // A received dossier empties the form and gives it a new request id; a refused one keeps every word.
  document.addEventListener('htmx:after:swap', () => {
    const done = document.querySelector('#result [data-done]');
    const form = document.getElementById('intake');
    if (!done || !form || done.dataset.done === 'seen') return;
    done.dataset.done = 'seen';
    const request = form.querySelector('[data-request]');
    form.reset();
    document.getElementById('papers').replaceChildren();
    const [stem, count] = request.value.split(/-(?=\d+$)/);
    request.value = stem + '-' + (Number(count) + 1);
    request.defaultValue = request.value;
  });
})();
