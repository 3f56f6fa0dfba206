// The voice: the server says what this wall speaks next; one sound at a time, never two. What was asked and what
// was said stands in the tab until the server has answered, so a lost answer or a reload says nothing twice.
(() => {
  const AGAIN_AFTER_FAILURE = 2, SPARE = 5000;
  const wall = () => document.getElementById('wall');
  const player = new Audio(), kept = sessionStorage;
  let running = false, wanted = false, blocked = false, timer = 0, newest = '';

  if (!kept.speaker) kept.speaker = Math.random().toString(36).slice(2, 14).padEnd(6, '0');

  // The question is numbered: asked again after a lost answer, it gets the same answer.
  function question(said) {
    if (kept.question) return kept.question;
    kept.asked = String(Number(kept.asked || 0) + 1);
    kept.question = new URLSearchParams({ speaker: kept.speaker, n: kept.asked, leading: kept.leading || '0', ...said }).toString();
    return kept.question;
  }

  async function ask(said) {
    const body = new URLSearchParams(question(said));
    const answer = await fetch(`/display/${wall().dataset.device}/voice/turns`, { method: 'POST', body, signal: AbortSignal.timeout(SPARE) });
    if (!answer.ok) throw new Error('turn');
    const turn = await answer.json();
    delete kept.question;
    return turn;
  }

  async function run() {
    wanted = true;
    if (running || blocked) return;
    running = true;
    clearTimeout(timer);
    try {
      let said = {}, turn = { again: 0 };
      while (wanted || said.ended !== undefined) {
        wanted = false;
        turn = await ask(said);
        said = turn.url ? await say(turn) : {};
        if (said.ended !== undefined) question(said);
        if (said.outcome === 'mute') { blocked = true; document.getElementById('sound').hidden = false; await ask({}); return; }
      }
      if (turn.again) timer = setTimeout(run, turn.again * 1000);
    } catch { timer = setTimeout(run, AGAIN_AFTER_FAILURE * 1000); } finally { running = false; }
  }

  async function say(turn) {
    const said = { ended: turn.seq, outcome: 'spoken', milliseconds: turn.milliseconds };
    kept.leading = '1';
    try { await play(turn); } catch (error) { said.outcome = error.name === 'NotAllowedError' ? 'mute' : 'broken'; }
    return said;
  }

  function play(turn) {
    return new Promise((resolve, reject) => {
      let settled = false;  // a broken clip's late rejection must not stop the next clip
      const watchdog = setTimeout(() => done(reject, new Error('stuck')), turn.milliseconds + SPARE);
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
      player.volume = turn.volume / 100;
      player.src = turn.url;
      document.documentElement.dataset.speaking = String(turn.seq);
      player.play().catch(error => done(reject, error));
    }).finally(() => { delete document.documentElement.dataset.speaking; });
  }

  // Pictures come every few seconds; only another newest announcement is a reason to ask.
  function notice() {
    const rows = document.querySelectorAll('#calls [data-seq]');
    const last = rows.length ? rows[rows.length - 1].dataset.seq : '';
    if (last === newest) return;
    newest = last;
    run();
  }

  document.addEventListener('htmx:ws:before:message:incoming', event => {
    if (String(event.detail.message.data).startsWith('{"t":"speak"')) { event.preventDefault(); run(); }
  });
  document.addEventListener('DOMContentLoaded', () => {
    run();
    notice();
    document.addEventListener('htmx:after:swap', notice);
    new MutationObserver(notice).observe(document.getElementById('calls'), { childList: true, subtree: true, attributes: true });
    document.getElementById('sound').addEventListener('click', event => { event.target.hidden = true; blocked = false; run(); });
  });
})();
