// Every fault of size and place on a page, in words; looking.py says what is wanted.
// Scrolling regions and what only a screen reader gets are left out: neither can be cut off by the glass.
wanted => {
  const faults = [];
  const name = e => {
    const said = (e.innerText || e.value || e.getAttribute('aria-label') || '').trim().replace(/\s+/g, ' ').slice(0, 50);
    const kind = typeof e.className === 'string' && e.className ? '.' + e.className.trim().split(/\s+/).join('.') : '';
    return `${e.tagName.toLowerCase()}${e.id ? '#' + e.id : ''}${kind} "${said}"`;
  };
  const visible = e => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest('.unseen, [hidden]');
  const scroller = e => { for (let a = e.parentElement; a && a !== document.body; a = a.parentElement)
    if (/auto|scroll/.test(getComputedStyle(a).overflowY + getComputedStyle(a).overflowX)) return a; return null; };
  const box = e => e.getBoundingClientRect();
  const W = document.documentElement.clientWidth, H = document.documentElement.clientHeight;
  const all = [...document.body.querySelectorAll('*')].filter(visible);

  if (wanted.whole && document.body.matches('.kiosk.long')) faults.push('the page does not fit: it has to be turned');
  if (document.documentElement.scrollWidth > W) faults.push(`the page is ${document.documentElement.scrollWidth} px wide on ${W}`);

  // Not axe's rule: it lets large letters pass at 4.5, and on a kiosk or a wall all letters are large.
  const rgb = text => (text.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .reduce((sum, v, i) => sum + [0.2126, 0.7152, 0.0722][i] * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4), 0);
  const ground = e => {
    for (let a = e; a; a = a.parentElement) {
      const colour = rgb(getComputedStyle(a).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const ratio = e => {
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };

  // A list of whole rows leaves out what has no room; half of a row would still be a fault.
  const leftOut = e => { const list = e.closest('.whole-rows'); return list && box(e.closest('li')).left >= box(list).right; };

  const holdsText = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  for (const e of all.filter(holdsText)) {
    const style = getComputedStyle(e);
    if (style.display !== 'inline' && e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
      faults.push(`text ${e.scrollWidth} px wide in a box of ${e.clientWidth}: ${name(e)}`);
    const size = parseFloat(style.fontSize);
    if (size < wanted.text && !e.closest('svg')) faults.push(`text of ${size} px, ${wanted.text} wanted: ${name(e)}`);
    if (wanted.contrast && !e.closest(':disabled') && ratio(e) < wanted.contrast)
      faults.push(`contrast ${ratio(e).toFixed(1)}, ${wanted.contrast} wanted: ${name(e)}`);
    if (leftOut(e)) continue;
    const range = document.createRange();
    range.selectNodeContents(e);
    const around = scroller(e), inside = around ? box(around) : { left: 0, right: W };
    for (const r of range.getClientRects()) {
      if (!r.width) continue;
      if (!around && (r.right > inside.right + 1 || r.left < inside.left - 1)) { faults.push(`text leaves the glass sideways: ${name(e)}`); break; }
      if (wanted.whole && !around && (r.bottom > H + 1 || r.top < -1)) { faults.push(`below the fold by ${Math.round(r.bottom - H)} px: ${name(e)}`); break; }
    }
    for (let a = e; a && a !== document.body; a = a.parentElement) {
      const how = getComputedStyle(a);
      if (!/hidden|clip/.test(how.overflowX + how.overflowY)) continue;
      const edge = box(a), out = [...range.getClientRects()].some(r => r.width &&
        (r.bottom > edge.bottom + 2 || r.right > edge.right + 1 || r.top < edge.top - 2 || r.left < edge.left - 1));
      if (out) { faults.push(`cut off by ${name(a).split(' "')[0]}: ${name(e)}`); break; }
    }
  }

  const targets = all.filter(e => e.matches('a[href], button, select, textarea, summary, [role=button], input:not([type=hidden])') && !scroller(e));
  const area = e => { const label = /checkbox|radio/.test(e.type || '') ? e.closest('label') : null; return box(label || e); };
  const inSentence = e => e.tagName === 'A' && getComputedStyle(e).display === 'inline' && (e.parentElement.matches('td, th, li') ||
    [...e.parentElement.childNodes].some(n => n !== e && n.textContent.trim()));
  if (wanted.target) for (const e of targets) {
    if (inSentence(e)) continue;
    const r = area(e), least = e.matches('.primary') ? Math.max(wanted.primary, wanted.target) : wanted.target;
    if (r.height < least - 0.5) faults.push(`target ${Math.round(r.height)} px high, ${least} wanted: ${name(e)}`);
    if (wanted.whole && r.bottom > H + 1) faults.push(`target below the fold by ${Math.round(r.bottom - H)} px: ${name(e)}`);
  }
  // What a dialog covers cannot be missed by a finger: only targets on one layer are neighbours.
  const layer = e => e.closest('[role=alertdialog], #link, dialog');
  if (wanted.gap) for (let i = 0; i < targets.length; i++) for (let j = i + 1; j < targets.length; j++) {
    if (layer(targets[i]) !== layer(targets[j])) continue;
    const a = area(targets[i]), b = area(targets[j]);
    const across = Math.max(a.left, b.left) - Math.min(a.right, b.right), down = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
    if (across < wanted.gap - 0.5 && down < wanted.gap - 0.5)
      faults.push(`${Math.round(Math.max(across, down))} px between ${name(targets[i])} and ${name(targets[j])}`);
  }
  return [...new Set(faults)];
}
