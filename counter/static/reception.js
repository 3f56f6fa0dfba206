// The reception page: keys by place on the keyboard, a search over the procedures, and a checklist drawn when one is chosen.
(() => {
  const form = () => document.getElementById('reception');
  const draw = () => form().requestSubmit(form().querySelector('[value=show]'));

  document.addEventListener('keydown', event => {
    if (event.repeat || event.isComposing || event.altKey || event.metaKey || event.shiftKey) return;
    if (isScanner(event)) { event.preventDefault(); takeCard(); return; }
    if (event.ctrlKey || !event.code) return;
    const meant = [...document.querySelectorAll(`[data-key="${event.code}"]`)].find(e => e.checkVisibility({ visibilityProperty: true }));
    if (!meant) return;
    event.preventDefault();
    if (meant.matches('input')) takeCard(); else meant.click();
  });

  // A scanner sends its prefix, the code and Enter; the field has the focus before the first letter.
  function isScanner(event) {
    const prefix = form()?.dataset.scanPrefix;
    if (!prefix) return false;
    if (prefix === 'STX') return event.key === '\u0002' || (event.ctrlKey && event.code === 'KeyB');
    return prefix === event.code && !event.ctrlKey;
  }
  function takeCard() {
    const field = document.getElementById('card');
    if (!field) return;
    field.value = '';
    field.focus();
  }

  // What is typed into the search leaves only the procedures that have all its words, in any order and without marks.
  const folded = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/đ/g, 'd');
  function narrow(finder) {
    const list = document.getElementById('procedure'), words = folded(finder.value).split(/\s+/).filter(Boolean);
    let first = null;
    for (const option of list.querySelectorAll('option[data-folded]')) {
      const fits = words.every(word => option.dataset.folded.includes(word));
      option.hidden = option.disabled = !fits;
      if (fits) first ||= option;
    }
    if (words.length && first) list.value = first.value;
  }

  document.addEventListener('DOMContentLoaded', () => {
    const finder = document.getElementById('finder'), list = document.getElementById('procedure');
    if (!finder || !list) return;
    finder.hidden = false;
    if ('first' in finder.dataset) finder.focus();
    finder.addEventListener('input', () => narrow(finder));
    finder.addEventListener('keydown', event => {
      if (event.key === 'Enter' && !event.isComposing) { event.preventDefault(); if (list.value) draw(); }
      if (event.key === 'ArrowDown') { event.preventDefault(); list.focus(); }
    });

    // Keys run through a list and change it at every step: the checklist is drawn by Enter or on leaving it. A pointer chooses at once.
    let byKey = false;
    for (const choice of document.querySelectorAll('[data-draws]')) {
      const drawn = choice.value;
      choice.addEventListener('keydown', event => {
        byKey = event.key !== 'Enter';
        if (event.key === 'Enter' && choice.value !== drawn) { event.preventDefault(); draw(); }
      });
      choice.addEventListener('pointerdown', () => { byKey = false; });
      choice.addEventListener('change', () => { if (!byKey && choice.value) draw(); });
      choice.addEventListener('focusout', () => { if (choice.value && choice.value !== drawn) draw(); });
    }
  });

  // An answer is about what was asked: words typed since have not been compared.
  document.addEventListener('input', event => {
    for (const name of (event.target.dataset.compares || '').split(' ').filter(Boolean))
      document.querySelector(`[data-answer="${name}"]`)?.classList.add('stale');
  });

  // One press is one act, however impatient.
  document.addEventListener('submit', event => {
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = '1';
    setTimeout(() => { delete event.target.dataset.sent; }, 800);
  });
})();
