// SPDX-License-Identifier: Apache-2.0
// The SPARQL editor: completion of what is typed from the words of the language, the variables of the query and the predicates and classes in use; a chart of a result.
'use strict';

const WORDS = 'SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH SERVICE BIND VALUES GROUP BY HAVING ORDER BY DESC ASC LIMIT OFFSET CONSTRUCT ASK DESCRIBE PREFIX COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT COALESCE CONTAINS LCASE STRSTARTS STRAFTER REGEX EXISTS BOUND WHY DURING COMPARED DEPTH DESPITE SUSPECT'.split(' ');
const completion = { list: $('completions'), from: 0, at: -1 };

/* What stands before the caret and can be completed: a word, a variable, a prefixed name or an IRI that is not closed. */
function typedWord() {
  const text = $('text'), before = text.value.slice(0, text.selectionStart), word = /(<[^<>\s"]*|[?$]\w*|[A-Za-z][\w-]*:[\w-]*|[A-Za-z]\w*)$/.exec(before);
  return word && text.selectionStart === text.selectionEnd ? word[0] : '';
}

/* An IRI as the query may write it: by one of its own prefixes where the rest is a plain name. */
function shortName(iri) {
  for (const [, prefix, space] of $('text').value.matchAll(/PREFIX\s+([\w-]*:)\s*<([^>]*)>/gi))
    if (iri.startsWith(space) && /^[A-Za-z_][\w-]*$/.test(iri.slice(space.length))) return prefix + iri.slice(space.length);
  return `<${iri}>`;
}

async function candidates(word) {
  const low = word.toLowerCase();
  if (/^[?$]/.test(word)) return [...new Set($('text').value.match(/[?$]\w+/g))].filter(v => v !== word && v.toLowerCase().startsWith(low)).map(v => [v, 'variable']);
  const end = low.replace(/^<|^[\w-]*:/, '').replace(/^.*[#/]/, ''), found = [];
  if (/^[a-z]+$/i.test(word)) found.push(...WORDS.filter(w => w.toLowerCase().startsWith(low) && w.toLowerCase() !== low).map(w => [w, 'keyword']));
  for (const kind of ['predicate', 'class'])
    for (const s of JSON.parse(await get('/suggest?' + new URLSearchParams({ kind, q: end, limit: 100 }), 'application/json')).sort((a, b) => b.count - a.count)) {
      const name = shortName(s.iri);
      if (!/[:<]/.test(word) || name.toLowerCase().startsWith(low) || `<${s.iri}`.toLowerCase().startsWith(low)) found.push([name, `${kind}, ${s.count} times`]);
    }
  return found.slice(0, 12);
}

function closeCompletions() {
  completion.list.hidden = true;
  completion.at = -1;
  $('text').setAttribute('aria-expanded', 'false');
  $('text').removeAttribute('aria-activedescendant');
}

function choose(at) {
  completion.at = at;
  [...completion.list.children].forEach((item, i) => item.setAttribute('aria-selected', String(i === at)));
  if (at >= 0) { $('text').setAttribute('aria-activedescendant', 'completion-' + at); completion.list.children[at].scrollIntoView({ block: 'nearest' }); }
}

function accept(name) {
  $('text').setRangeText(name + ' ', completion.from, $('text').selectionStart, 'end');
  closeCompletions();
  $('text').focus();
}

async function complete(asked) {
  const word = typedWord();
  if (word.length < (asked ? 0 : 2)) { closeCompletions(); return; }
  try {
    const found = await candidates(word);
    if (word !== typedWord()) return; /* typed on meanwhile */
    completion.from = $('text').selectionStart - word.length;
    completion.list.replaceChildren(...found.map(([name, what], i) => element('li', { role: 'option', id: 'completion-' + i, onmousedown: event => { event.preventDefault(); accept(name); } },
      element('span', {}, name), element('span', { className: 'note' }, ' ' + what))));
    completion.list.hidden = !found.length;
    $('text').setAttribute('aria-expanded', String(found.length > 0));
    choose(asked && found.length ? 0 : -1);
  } catch { closeCompletions(); /* a help, not a need */ }
}

$('text').addEventListener('input', () => complete(false));
$('text').addEventListener('blur', closeCompletions);
$('text').addEventListener('keydown', event => {
  const open = !completion.list.hidden, count = completion.list.children.length;
  if (event.key === ' ' && event.ctrlKey) { event.preventDefault(); complete(true); }
  else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); $('sparql').requestSubmit(); }
  else if (open && event.key === 'Escape') { event.preventDefault(); closeCompletions(); }
  else if (open && event.key === 'ArrowDown') { event.preventDefault(); choose((completion.at + 1) % count); }
  else if (open && event.key === 'ArrowUp') { event.preventDefault(); choose((completion.at + count - 1) % count); }
  else if (open && completion.at >= 0 && (event.key === 'Enter' || event.key === 'Tab')) { event.preventDefault(); accept(completion.list.children[completion.at].firstChild.textContent); }
});

/* --- A chart of a result: the first column of amounts (else of counts) over the first of names (else of addresses) ---------------------- */

const PLOT = { width: 960, row: 24, height: 300, left: 260, right: 90, top: 20, bottom: 40, most: 40 };

function plotLine(points, names) {
  const { width, height, right, top, bottom } = PLOT, left = 80, at = points.map(p => Date.parse(p[0])), low = Math.min(...points.map(p => p[1])), high = Math.max(...points.map(p => p[1]));
  const x = t => left + (width - left - 20) * (t - at[0]) / (at[at.length - 1] - at[0] || 1), y = v => height - bottom - (height - top - bottom) * (v - low) / (high - low || 1);
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'chart', role: 'img', 'aria-label': `${names[1]} by ${names[0]}, ${points.length} values from ${points[0][0]} to ${points[points.length - 1][0]}` });
  for (const v of ticks(low, high))
    picture.append(svg('line', { class: 'grid', x1: left, x2: width - 20, y1: y(v), y2: y(v) }), svg('text', { x: left - 8, y: y(v) + 4, 'text-anchor': 'end' }, number(v)));
  for (const [t, text] of dayTicks(at[0], at[at.length - 1])) picture.append(svg('text', { x: x(t), y: height - 12, 'text-anchor': 'middle' }, text));
  picture.append(svg('polyline', { class: 'line', points: points.map((p, i) => `${x(at[i])},${y(p[1])}`).join(' ') }));
  return picture;
}

function plotBars(points, names) {
  const { width, row, left, right, top } = PLOT, shown = points.slice(0, PLOT.most), height = top + shown.length * row + 10;
  const low = Math.min(0, ...shown.map(p => p[1])), high = Math.max(0, ...shown.map(p => p[1])), x = v => left + (width - left - right) * (v - low) / (high - low || 1);
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'chart', role: 'img', 'aria-label': `${names[1]} by ${names[0]}, ${shown.length} bars` });
  shown.forEach(([name, value], i) => {
    const y = top + i * row, plain = name.replace(/^\w+:\S*[#/](?=\S)/, ''), cut = plain.length > 28 ? plain.slice(0, 27) + '…' : plain;
    picture.append(svg('text', { x: left - 8, y: y + 15, 'text-anchor': 'end' }, svg('title', {}, name), cut), svg('rect', { class: 'bar', x: Math.min(x(0), x(value)), y: y + 3, width: Math.max(Math.abs(x(value) - x(0)), 1), height: row - 8 }),
      svg('text', { x: Math.max(x(value), x(0)) + 6, y: y + 15 }, number(value)));
  });
  return picture;
}

/* Nothing where a result has no column of numbers, or nothing to set them over. */
function plot(vars, rows) {
  const numeric = v => rows.length > 1 && rows.every(r => !r[v] || (r[v].datatype && NUMBER.test(r[v].datatype))) && rows.some(r => r[v]);
  const numbers = vars.filter(numeric), value = numbers.find(v => rows.some(r => r[v] && !Number.isInteger(Number(r[v].value)))) ?? numbers[0];
  const full = v => v !== value && rows.every(r => r[v]), name = vars.find(v => full(v) && !numbers.includes(v) && rows.every(r => r[v].type !== 'uri')) ?? vars.find(full);
  if (!value || !name) return null;
  const points = rows.filter(r => r[value]).map(r => [r[name].value, Number(r[value].value)]).filter(p => Number.isFinite(p[1]));
  const dated = points.length > 1 && points.every(p => /^\d{4}-\d\d-\d\d/.test(p[0]));
  const picture = dated ? plotLine(points.sort((a, b) => (a[0] < b[0] ? -1 : 1)), [name, value]) : plotBars(points, [name, value]);
  const left_out = dated ? 0 : points.length - PLOT.most;
  return element('details', { open: true }, element('summary', {}, `Chart: ${value} by ${name}` + (left_out > 0 ? `, the first ${PLOT.most} of ${points.length}` : '')), picture);
}
