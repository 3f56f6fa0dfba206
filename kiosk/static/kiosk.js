// The kiosk goes home when nobody is there, after a warning that can be answered; nothing of a citizen stays behind.
// It knows the modes, leaves no page in the browser's history, and draws its own keyboard.
(() => {
  const WARN_BEFORE = 20, IDLE_IN_MODES = 120, LOW = 0.55, ANSWER_WITHIN = 4000, SETTLE = 2500;
  const MODES = ['reach', 'big', 'contrast', 'speech'];
  const CONTROLS = 'a[href], button:not([data-leaf]), input:not([type=hidden]), select, textarea';
  let touched = Date.now(), leaving = false;
  const screen = () => document.getElementById('screen');
  const result = () => document.querySelector('.result');
  const has = mode => document.body.classList.contains(mode);
  const isHome = () => location.pathname === screen().dataset.home && !location.search && !result() && !MODES.some(has);

  function idleLimit() {
    if (result()) return Number(result().dataset.idle);
    const base = Number(screen().dataset.idle);
    return ['reach', 'big', 'speech'].some(has) ? Math.max(base, IDLE_IN_MODES) : base;
  }

  // Everything of the citizen goes first: the page that is asked for may not come.
  function wipe() {
    leaving = true;
    document.querySelectorAll('main input, main textarea').forEach(field => { field.value = ''; });
    screen().replaceChildren();
    document.getElementById('failure').replaceChildren();
    document.dispatchEvent(new Event('kiosk:forget'));
  }

  async function isThere() {
    try {
      return (await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN) })).ok;
    } catch { return false; }
  }

  async function goHome() {
    if (!leaving) wipe();
    document.getElementById('more-time').hidden = true;
    // With the server away only the browser's own error page would come, from which no kiosk returns.
    if (await isThere()) location.replace(screen().dataset.home);
    else setTimeout(goHome, ANSWER_WITHIN);
  }

  const unanswered = () => {
    const place = document.getElementById('failure'), line = document.createElement('p');
    line.className = 'failure';
    line.setAttribute('role', 'alert');
    line.textContent = place.dataset.unanswered;
    place.replaceChildren(line);
  };

  // One entry in the history for a whole visit: Back finds nobody.
  async function go(address) {
    if (await isThere()) location.replace(address);
    else unanswered();
  }

  function withModes(href) {
    const address = new URL(href, location.href);
    for (const mode of MODES) has(mode) ? address.searchParams.set(mode, '1') : address.searchParams.delete(mode);
    const volume = document.body.dataset.volume;
    if (volume && has('speech')) address.searchParams.set('volume', volume);
    return address;
  }

  function follow(event) {
    const link = event.target.closest?.('a[href]');
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const address = withModes(link.href);
    if (address.origin !== location.origin) return;
    event.preventDefault();
    if (link.dataset.mode) return turn(link.dataset.mode);
    if (link.hasAttribute('data-forget')) return goHome();
    // The number stands in a page whose address is still that of the queues.
    if (link.hreflang && result()?.dataset.address) address.pathname = result().dataset.address;
    go(address.href);
  }

  function send(event) {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute('hx-post') || !form.closest('.kiosk')) return;
    event.preventDefault();
    if (form.method === 'get') {
      const address = withModes(form.action);
      for (const [name, value] of new FormData(form)) address.searchParams.set(name, value);
      go(address.href);
    } else if (form.hasAttribute('data-returns')) choose(form);
    else isThere().then(there => (there ? form.submit() : unanswered()));
  }

  // A choice leads back to a page, and leaves no entry of its own in the history.
  async function choose(form) {
    form.action = withModes(form.action).href;
    let answer;
    try {
      const body = new URLSearchParams(new FormData(form));
      answer = await fetch(form.action, { method: 'POST', body, cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN) });
    } catch { return unanswered(); }
    if (answer.ok && answer.redirected) location.replace(withModes(answer.url).href);
    else form.submit(); // the refusal is a page of its own
  }

  function turn(mode) {
    const link = document.querySelector(`[data-mode=${mode}]`);
    if (!link) return; // a language without a voice
    const on = document.body.classList.toggle(mode);
    if (on) link.setAttribute('aria-current', 'true'); else link.removeAttribute('aria-current');
    fit();
    document.dispatchEvent(new CustomEvent('kiosk:mode', { detail: { mode, on } }));
  }

  // What does not fit is turned by two buttons, never dragged; low buttons are low in every mode and language.
  function fit() {
    const body = document.body, pager = document.getElementById('pager');
    body.classList.remove('long', 'tight');
    pager.hidden = true;
    body.style.setProperty('--low', '');
    const line = innerHeight * LOW;
    const isHigh = has('reach') && [...screen().querySelectorAll(CONTROLS)]
      .some(control => control.checkVisibility() && control.getBoundingClientRect().top < line);
    const isLong = screen().scrollHeight > screen().clientHeight + 1;
    if (!isHigh && !isLong) return;
    pager.hidden = false;
    body.classList.add('long');
    body.classList.toggle('tight', isHigh);
    if (isHigh) {
      const below = innerHeight - document.querySelector('.tools').firstElementChild.nextElementSibling.getBoundingClientRect().top;
      body.style.setProperty('--low', `${Math.max(160, Math.floor(innerHeight - line - below - 16))}px`);
    }
    turnLeaf(0);
  }

  function turnLeaf(by) {
    const leaf = screen();
    if (by) leaf.scrollBy({ top: by * leaf.clientHeight * 0.8 });
    else leaf.scrollTop = 0;
    mark();
  }

  function mark() {
    const leaf = screen();
    const isAtEnd = { '-1': leaf.scrollTop < 1, 1: leaf.scrollTop + leaf.clientHeight > leaf.scrollHeight - 2 };
    // Not `disabled`: the focus that stands on it would be lost.
    for (const by of ['-1', '1']) document.querySelector(`[data-leaf="${by}"]`).setAttribute('aria-disabled', isAtEnd[by]);
  }

  function watch() {
    const box = document.getElementById('more-time');
    if (!box || leaving || isHome()) return;
    if (document.documentElement.dataset.speaking === 'page') touched = Date.now();
    const left = idleLimit() - Math.floor((Date.now() - touched) / 1000);
    const wasHidden = box.hidden;
    box.hidden = left > WARN_BEFORE;
    box.querySelector('[data-left]').textContent = String(Math.max(0, left));
    if (wasHidden && !box.hidden) {
      document.dispatchEvent(new Event('kiosk:warn'));
      box.querySelector('[data-more-time]').focus();
    }
    if (left <= 0) goHome();
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

  window.kiosk = { turn, goHome, go, has };
  // A page that comes out of the browser's memory is somebody else's.
  const isOld = event => event.persisted || performance.getEntriesByType('navigation')[0]?.type === 'back_forward';
  window.addEventListener('pageshow', event => { if (screen() && isOld(event) && (event.persisted || !isHome())) goHome(); });
  // The server is back: a page that only missed a frame stays as it is, an abandoned one goes home.
  document.addEventListener('link:back', event => {
    if (!screen()) return;
    event.preventDefault();
    if (!leaving) setTimeout(() => { if (document.body.classList.contains('stale') && !leaving) location.reload(); }, SETTLE);
  });

  // Told to load its page anew: the number in front of somebody stays until its time is over.
  document.addEventListener('link:reload', event => {
    if (!screen()) return;
    event.preventDefault();
    if (!leaving && !result()) goHome();
  });

  document.addEventListener('DOMContentLoaded', () => {
    if (!screen()) return;
    for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, () => { touched = Date.now(); }, true);
    document.addEventListener('htmx:after:swap', event => {
      if (event.target.closest?.('#notices')) return;
      // The printer's news are no touch; the number that has just come is seen for its whole time.
      if (event.target === screen()) touched = Date.now();
      fit();
    });
    document.querySelector('[data-more-time]').addEventListener('click', () => { touched = Date.now(); watch(); });
    document.querySelectorAll('[data-leaf]').forEach(button => button.addEventListener('click', () => turnLeaf(Number(button.dataset.leaf))));
    screen().addEventListener('scroll', mark);
    document.addEventListener('click', follow);
    // A finger that rests asks for the browser's own menu.
    document.addEventListener('contextmenu', event => event.preventDefault());
    document.addEventListener('submit', send);
    drawKeys();
    fit();
    document.fonts.ready.then(fit);
    setInterval(watch, 500);
  });
})();
