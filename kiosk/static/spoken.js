// The kiosk speaks: all that a page shows, in the order in which it stands, one sentence after the other. Sounds come
// from the server, made of clips; one that fails is passed over. Any key or touch interrupts.
(() => {
  const LOUDEST = 6, USUAL = 3, ANSWER_WITHIN = 4000, LONGEST = 380, KEPT = 60;
  const group = () => document.querySelector('.voice');
  const isOn = () => document.body.classList.contains('speech');
  const kept = new Map();
  let context, gain, source, turn = 0, last = [], saying = [], paperSaid = '', level = USUAL;

  function ready() {
    if (!context) {
      context = new AudioContext();
      gain = context.createGain();
      gain.connect(context.destination);
      gain.gain.value = loudness();
    }
    if (context.state === 'suspended') context.resume().catch(() => {});
    return context;
  }

  const loudness = () => (level === 0 ? 0.08 : 0.18 * 1.6 ** level);

  // ------------------------------------------------------------------ sounds
  function sound({ words, lang }) {
    const key = lang + '\n' + words;
    if (!kept.has(key)) {
      kept.set(key, fetched(words, lang));
      if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    }
    return kept.get(key);
  }

  async function fetched(words, lang) {
    try {
      const answer = await fetch(`/kiosk/${group().dataset.device}/speech?lang=${lang}`, {
        method: 'POST', body: new URLSearchParams({ words }), cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN) });
      return answer.ok ? await ready().decodeAudioData(await answer.arrayBuffer()) : null;
    } catch {
      kept.delete(lang + '\n' + words);
      return null;
    }
  }

  function play(buffer) {
    return new Promise(resolve => {
      source = ready().createBufferSource();
      source.buffer = buffer;
      source.connect(gain);
      source.onended = resolve;
      setTimeout(resolve, buffer.duration * 1000 + 1500);  // a loudspeaker that is gone never ends
      source.start();
    });
  }

  function hush() {
    turn++;
    delete document.documentElement.dataset.speaking;
    if (source) { source.onended = null; try { source.stop(); } catch { /* not begun */ } source = null; }
  }

  async function say(sentences, what) {
    hush();
    const mine = turn;
    document.documentElement.dataset.speaking = what;
    saying = [...sentences];
    for (let at = 0; at < saying.length; at++) {
      const buffer = await sound(saying[at]);
      if (turn !== mine) return;
      if (saying[at + 1]) sound(saying[at + 1]);
      if (buffer) await play(buffer);
      if (turn !== mine) return;
    }
    hush();
  }

  // What changes by itself waits for its turn: the number is not cut off by the printer's news.
  function sayAfter(sentences) {
    if (document.documentElement.dataset.speaking) saying.push(...sentences);
    else say(sentences, 'page');
  }

  // ------------------------------------------------------------------ what is there
  const language = e => e.closest('[lang]').lang;
  const told = (words, lang) => pieces(words).map(piece => ({ words: piece, lang }));

  // No request is longer than the server takes; a sentence is the natural place to cut.
  function pieces(words) {
    const found = [];
    for (let rest = words.trim(); rest;) {
      let cut = rest.length;
      if (cut > LONGEST) {
        const part = rest.slice(0, LONGEST);
        cut = Math.max(part.lastIndexOf('. '), part.lastIndexOf('; '), part.lastIndexOf('\n')) + 1 || part.lastIndexOf(' ') + 1 || LONGEST;
      }
      found.push(rest.slice(0, cut).trim());
      rest = rest.slice(cut).trim();
    }
    return found;
  }

  function label(e) {
    if (e.matches('img')) return e.alt;
    if (e.matches('input, textarea, select')) {
      const name = e.labels?.[0]?.textContent.trim() || e.getAttribute('aria-label') || '';
      return [name, e.value || e.placeholder].filter(Boolean).join('\n');
    }
    const state = e.disabled || e.getAttribute('aria-disabled') === 'true' ? group().dataset.offWords : e.getAttribute('aria-current') ? group().dataset.onWords : '';
    return [e.innerText.trim() || e.getAttribute('aria-label') || '', state].filter(Boolean).join('\n');
  }

  const isControl = e => e.matches('a[href], button, input:not([type=hidden]), select, textarea, img');
  const isShown = e => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.unseen, [hidden]');

  function sentences(root) {
    const found = [];
    const visit = e => {
      if (!isShown(e)) return;
      // Forty keys in a row help nobody: each says its name when one stands on it.
      if (e.matches('.keys')) return void found.push(...told(e.getAttribute('aria-label'), language(e)));
      if (isControl(e)) found.push(...told(label(e), language(e)));
      else if ([...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) found.push(...told(e.innerText, language(e)));
      else for (const child of e.children) visit(child);
    };
    if (root) visit(root);
    return found;
  }

  // The page first, then what stands around it on every page.
  const everything = () => ['main', '#failure', '.tools', 'header.hall'].flatMap(part => sentences(document.querySelector(part)));

  function readPage(help) {
    last = [...(help ? told(group().dataset.helpWords, language(group())) : []), ...everything()];
    paperSaid = document.getElementById('paper')?.innerText || '';
    say(last, 'page');
  }

  // ------------------------------------------------------------------ keys and events
  function start() {
    if (!isOn()) return window.kiosk.turn('speech');
    readPage(true);
  }

  function change(by) {
    level = Math.min(LOUDEST, Math.max(0, level + by));
    document.body.dataset.volume = String(level);
    if (gain) gain.gain.value = loudness();
    say(told(`${group().dataset.volumeWords} ${level}`, language(group())), 'word');
  }

  const acts = {
    speech: start,
    repeat: () => (isOn() ? say(last, 'page') : start()),
    softer: () => isOn() && change(-1),
    louder: () => isOn() && change(1),
  };

  document.addEventListener('kiosk:voice', event => acts[event.detail]?.());
  document.addEventListener('kiosk:forget', () => { hush(); kept.clear(); last = []; });
  document.addEventListener('kiosk:mode', event => {
    if (event.detail.mode !== 'speech') return isOn() && readPage();
    group().hidden = !event.detail.on;
    if (event.detail.on) { readPage(true); ahead(); } else hush();
  });

  // Two bell tones of the browser's own: the warning is heard also where nothing can be fetched, and by everybody.
  function chime() {
    const now = ready().currentTime;
    for (const [start, pitch] of [[0, 659.26], [0.28, 523.25]]) {
      const tone = context.createOscillator(), fall = context.createGain();
      tone.frequency.value = pitch;
      fall.gain.setValueAtTime(0.25, now + start);
      fall.gain.exponentialRampToValueAtTime(0.001, now + start + 0.7);
      tone.connect(fall).connect(context.destination);
      tone.start(now + start);
      tone.stop(now + start + 0.7);
    }
  }
  document.addEventListener('kiosk:warn', () => { try { chime(); } catch { /* no loudspeaker */ } });

  // What must be said when nothing can be fetched any more is fetched before.
  const ahead = () => ['#link', '#more-time-words', '[data-more-time]'].forEach(place => {
    const e = document.querySelector(place);
    parts(e).forEach(sound);
  });

  // A text with a number in it that changes, in its parts: those that stay are there when nothing can be fetched.
  const parts = e => [...e.childNodes].flatMap(node => told(node.textContent.replace(/\s+/g, ' '), language(e)));

  function announce(e) {
    const dialog = e.closest('[role=alertdialog]');
    const first = dialog ? parts(dialog.querySelector('p')) : [];
    last = [...first, ...told(label(e), language(e))];
    say(last, 'word');
  }

  document.addEventListener('DOMContentLoaded', () => {
    if (!group()) return;
    const asked = new URLSearchParams(location.search).get('volume');
    if (asked && /^[0-6]$/.test(asked)) { level = Number(asked); document.body.dataset.volume = asked; }
    group().hidden = !isOn();
    for (const kind of ['keydown', 'pointerdown']) document.addEventListener(kind, () => { if (isOn()) hush(); }, true);
    group().addEventListener('click', event => acts[event.target.closest('[data-voice]')?.dataset.voice]?.());
    document.addEventListener('focusin', event => { if (isOn() && event.target.matches(':focus-visible')) announce(event.target); });
    document.addEventListener('htmx:after:swap', event => {
      const place = event.target;
      if (!isOn() || place.closest?.('#notices')) return;
      const paper = document.getElementById('paper');
      if (paper && (place === paper || !place.isConnected || place.id === 'paper')) {
        if (paper.innerText !== paperSaid) { paperSaid = paper.innerText; sayAfter([...sentences(paper), ...sentences(document.getElementById('pager'))]); }
      } else if (place.matches('main')) readPage();
      else say(sentences(place), 'page');
    });
    document.addEventListener('input', event => { if (isOn()) say(told(event.target.value.slice(-1), language(event.target)), 'word'); });
    new MutationObserver(() => { if (isOn()) say(sentences(document.getElementById('failure')), 'page'); })
      .observe(document.getElementById('failure'), { childList: true });
    new MutationObserver(() => {
      const link = document.getElementById('link');
      if (isOn() && !link.hidden) say(parts(link), 'page');
    }).observe(document.getElementById('link'), { attributes: true, attributeFilter: ['hidden'] });
    if (isOn()) { readPage(); ahead(); }
  });
})();
