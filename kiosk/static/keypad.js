// Keyboard and five-way keypad: arrows go to the nearest control in their direction, Enter chooses,
// the keys of the setting MOTCUA_KEYPAD speak, go back and change the loudness.
(() => {
  const CONTROLS = 'a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select, textarea, [tabindex="0"]';
  const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const keypad = () => JSON.parse(document.getElementById('screen')?.dataset.keypad || '{}');
  const layer = () => document.querySelector('[role=alertdialog]:not([hidden])') || document.body;
  const box = e => e.getBoundingClientRect();

  const reachable = () => [...layer().querySelectorAll(CONTROLS)].filter(e => e.checkVisibility() && !e.closest('[inert]'));

  // How far one control lies from another in a direction; sideways counts triple, what is not ahead not at all.
  function distance(from, to, [x, y]) {
    const ahead = x ? x * (to.left + to.right - from.left - from.right) / 2 : y * (to.top + to.bottom - from.top - from.bottom) / 2;
    if (ahead < 4) return Infinity;
    const aside = x
      ? Math.max(0, Math.max(from.top, to.top) - Math.min(from.bottom, to.bottom))
      : Math.max(0, Math.max(from.left, to.left) - Math.min(from.right, to.right));
    if (x && aside > 0) return Infinity;
    return ahead + 3 * aside;
  }

  function nearest(from, direction) {
    const here = box(from);
    const found = reachable().filter(e => e !== from).map(e => [distance(here, box(e), direction), e]);
    const best = found.reduce((a, b) => (b[0] < a[0] ? b : a), [Infinity, null]);
    return best[1];
  }

  function inOrder(from, step) {
    const all = reachable(), at = all.indexOf(from);
    return all[(at + step + all.length) % all.length];
  }

  function move(event) {
    const direction = ARROWS[event.key], from = document.activeElement;
    if (!direction || event.ctrlKey || event.altKey || event.metaKey) return;
    if (from.matches?.('select') || (from.matches?.('input, textarea') && direction[0] && from.value)) return;
    const step = direction[0] + direction[1];
    if (from.matches?.('[role=region][tabindex="0"]') && !direction[0]) {
      const before = from.scrollTop;
      from.scrollTop += step * from.clientHeight * 0.8;
      if (from.scrollTop !== before) return event.preventDefault();
    }
    const first = document.querySelector('main')?.querySelector(CONTROLS);
    const isLost = !from || from === document.body || !reachable().includes(from);
    // Sideways at the end of a row goes on to the next one, so that every control is reached by one key alone.
    const target = isLost ? (layer() === document.body && first) || reachable()[0] : nearest(from, direction) || inOrder(from, step);
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.scrollIntoView({ block: 'nearest' });
  }

  function goBack() {
    document.querySelector('.back a[href]:not(.offer), .back button, .done')?.click();
  }

  document.addEventListener('keydown', event => {
    if (!document.getElementById('screen')) return;
    move(event);
    const keys = keypad();
    const wanted = Object.keys(keys).find(act => keys[act] === event.code);
    if (!wanted || event.repeat) return;
    event.preventDefault();
    if (wanted === 'back') goBack();
    else document.dispatchEvent(new CustomEvent('kiosk:voice', { detail: wanted }));
  });
})();
