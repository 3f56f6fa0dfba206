// A scanner sends its prefix, the code and Enter, at whatever pace. The field has the focus before the first letter, and
// nothing of what was read stays on the page once it has been asked.
(() => {
  const UNFINISHED = 3000;
  let left = 0, before = null;
  const form = () => document.getElementById('scan');

  function isPrefix(event) {
    const prefix = form()?.dataset.scanPrefix;
    if (prefix === 'STX') return event.key === '\u0002' || (event.ctrlKey && event.code === 'KeyB');
    return prefix === event.code && !event.ctrlKey && !event.altKey && !event.metaKey;
  }

  function open() {
    clearTimeout(left);
    const field = form().elements.text;
    if (form().hidden) before = document.activeElement;
    form().hidden = false;
    field.value = '';
    field.focus();
  }

  function close() {
    clearTimeout(left);
    if (!form() || form().hidden) return;
    form().elements.text.value = '';
    form().hidden = true;
    if (before?.isConnected) before.focus();
    before = null;
  }

  // First of all listeners: what a scanner types is no key of anybody else's, neither the keypad's nor the voice's.
  window.addEventListener('keydown', event => {
    if (!form() || event.isComposing || document.body.classList.contains('stale')) return;
    if (isPrefix(event)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!event.repeat) open();
      return;
    }
    if (form().hidden || event.target !== form().elements.text) return;
    event.stopImmediatePropagation();
    // A code that never ends is nobody's; what there is of it goes.
    clearTimeout(left);
    left = setTimeout(close, UNFINISHED);
  }, true);

  document.addEventListener('htmx:after:request', event => { if (event.target === form()) close(); });
  document.addEventListener('htmx:error', event => { if (event.target === form()) close(); });
  document.addEventListener('kiosk:forget', close);
})();
