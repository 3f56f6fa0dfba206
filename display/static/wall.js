// The voice: every announcement above the last one spoken, in order, one sound at a time, never two.
(() => {
  const wall = () => document.getElementById('wall');
  const player = new Audio();
  const waiting = [];
  const standing = new Map();  // ticket -> its calls that nobody has taken back, oldest first
  const tooOld = 90000;
  let spoken = 0, tracked = 0, heard = [], playing = false, blocked = false, saying = null;
  const spokenKey = () => 'spoken-' + wall().dataset.device;
  const heardKey = () => 'heard-' + wall().dataset.device;

  function remember(seq) {
    spoken = Math.max(spoken, seq);
    localStorage.setItem(spokenKey(), String(spoken));
  }

  const rows = () => [...document.querySelectorAll('#calls [data-seq]')]
    .map(row => ({ seq: Number(row.dataset.seq), ticket: Number(row.dataset.ticket), kind: row.dataset.kind, speak: row.dataset.speak === '1' }));

  // Which call a withdrawal takes back; one that is still to be spoken will not be.
  function track(call) {
    if (call.seq <= tracked || !call.ticket) return;
    tracked = call.seq;
    const calls = standing.get(call.ticket) || [];
    standing.set(call.ticket, calls);
    if (call.kind !== 'withdrawn') { calls.push(call.seq); return; }
    call.of = calls.pop();
    hush(call.of);
  }

  function hush(seq) {
    const queued = waiting.find(other => other.seq === seq);
    if (queued && queued !== saying) queued.speak = false;
  }

  function remembered(key) {
    try { return JSON.parse(localStorage.getItem(key)) || []; } catch { return []; }
  }

  function note(seq) {
    heard = [...heard, seq].slice(-40);
    localStorage.setItem(heardKey(), JSON.stringify(heard));
  }

  // 'số … xin chờ' is said only where the call was, and nothing that waited too long for its turn.
  const isToBeSaid = call => call.speak && performance.now() - call.noticed <= tooOld
    && (call.kind !== 'withdrawn' || heard.includes(call.of));

  async function notice() {
    let seen = rows();
    const last = waiting.length ? waiting[waiting.length - 1].seq : spoken;
    // Twelve calls fit into a picture: with a full one that begins above what was spoken, some may be missing.
    if (seen.length >= 12 && seen[0].seq > last) {
      try {
        const answer = await fetch(`/display/${wall().dataset.device}/calls?after=${last}`, { cache: 'no-store' });
        if (answer.ok) seen = (await answer.json()).calls;
      } catch { /* the next picture tries again */ }
    }
    for (const call of seen) {
      const newest = waiting.length ? waiting[waiting.length - 1].seq : spoken;
      track(call);
      if (!call.speak) hush(call.seq);
      if (call.seq > newest) waiting.push({ ...call, noticed: performance.now() });
    }
    next();
  }

  async function next() {
    if (playing || blocked) return;
    const call = waiting[0];
    if (!call) return;
    playing = true;
    saying = call;
    try {
      if (isToBeSaid(call)) for (const language of wall().dataset.voices.split(' ').filter(Boolean).slice(0, 1)) {
        await play(call.seq, language);
        note(call.seq);
      }
      waiting.shift();
      remember(call.seq);
    } catch (error) {
      if (error.name === 'NotAllowedError') { blocked = true; document.getElementById('sound').hidden = false; }
      else { waiting.shift(); remember(call.seq); }
    } finally {
      playing = false;
      saying = null;
    }
    if (!blocked && waiting.length) next();
  }

  function play(seq, language) {
    return new Promise((resolve, reject) => {
      let settled = false;  // a broken clip's late rejection must not stop the next clip
      const watchdog = setTimeout(() => done(resolve), 12000);
      const done = (settle, value) => {
        if (settled) return;
        settled = true;
        clearTimeout(watchdog);
        player.onended = player.onerror = null;
        player.pause();
        settle(value);
      };
      player.onended = () => done(resolve);
      player.onerror = () => done(reject, new Error('clip'));
      player.src = `/display/${wall().dataset.device}/voice/${language}/${seq}.wav`;
      document.documentElement.dataset.speaking = String(seq);
      player.play().catch(error => done(reject, error));
    }).finally(() => { delete document.documentElement.dataset.speaking; });
  }

  document.addEventListener('DOMContentLoaded', () => {
    const kept = localStorage.getItem(spokenKey());
    heard = remembered(heardKey());
    spoken = Number(kept || 0);
    const seen = rows();
    // A new day or a restored file numbers lower than what this wall remembers; a first visit speaks nothing old.
    const newest = seen.length ? seen[seen.length - 1].seq : 0;
    if (kept === null || spoken > newest) remember(spoken > newest ? (spoken = newest) : newest);
    notice();
    document.addEventListener('htmx:after:swap', notice);
    new MutationObserver(notice).observe(document.getElementById('calls'), { childList: true, subtree: true, attributes: true });
    document.getElementById('sound').addEventListener('click', event => { event.target.hidden = true; blocked = false; next(); });
  });
})();
