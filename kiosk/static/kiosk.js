// The kiosk goes home when nobody is there, after a warning that can be answered, and draws its own keyboard.
(() => {
  const WARN_BEFORE = 20;
  let touched = Date.now();
  const idleLimit = () => {
    const slip = document.querySelector('.result');
    const base = Number((slip || document.getElementById('screen'))?.dataset.idle || 60);
    return document.body.classList.contains('big') ? Math.max(base, slip ? 30 : 120) : base;
  };

  function goHome() {
    const home = document.getElementById('screen').dataset.home;
    // A form's text must not come back by the browser's Back: the page is replaced, not stacked.
    if (location.pathname !== home || location.search) location.replace(home);
    else touched = Date.now();
  }

  function watch() {
    const box = document.getElementById('more-time');
    const home = document.getElementById('screen').dataset.home;
    if (!box || (location.pathname === home && !location.search)) return;
    const left = idleLimit() - Math.floor((Date.now() - touched) / 1000);
    const wasHidden = box.hidden;
    box.hidden = left > WARN_BEFORE || Boolean(document.querySelector('.result') && left > 10);
    if (wasHidden && !box.hidden) box.querySelector('[data-more-time]').focus();
    box.querySelector('[data-left]').textContent = String(Math.max(0, left));
    if (left <= 0 && !document.body.classList.contains('stale')) goHome();
  }

  function drawKeys() {
    const keys = document.getElementById('keys');
    if (!keys) return;
    const field = document.getElementById(keys.dataset.for);
    const press = text => {
      field.value = text === null ? field.value.slice(0, -1) : field.value + text;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const key = (label, text, kind) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = label;
      if (kind) button.className = kind;
      button.addEventListener('click', () => press(text));
      return button;
    };
    const rows = (keys.dataset.rows || '1234567890 qwertyuiop asdfghjkl zxcvbnm').split(' ');
    for (const row of rows) {
      const line = document.createElement('div');
      for (const letter of row) line.append(key(letter, letter));
      if (row === rows[rows.length - 1]) line.append(key(keys.dataset.erase, null, 'wide'));
      keys.append(line);
    }
    if (!keys.dataset.space) return;
    const last = document.createElement('div');
    last.append(key(keys.dataset.space, ' ', 'space'));
    keys.append(last);
  }

  document.addEventListener('DOMContentLoaded', () => {
    for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, () => { touched = Date.now(); }, true);
    document.addEventListener('htmx:after:swap', event => { if (!event.target.closest?.('#notices')) touched = Date.now(); });
    document.querySelector('[data-more-time]')?.addEventListener('click', () => { touched = Date.now(); watch(); });
    drawKeys();
    setInterval(watch, 500);
  });
})();
