// SPDX-License-Identifier: Apache-2.0
// The SPARQL view: a query is run or its plan shown, its result is a table and, where it has numbers, a chart.
'use strict';

const SHOWN_ROWS = 1000;
let running = null; /* the query under way; who leaves it, stops it */

/* --- Running -------------------------------------------------------------------------------------------------- */

async function showPlan(query, signal) {
  const plan = await get('/explain?' + new URLSearchParams({ query }), 'text/plain', signal);
  $('result').replaceChildren(element('pre', {}, plan));
  return '';
}

function showRows({ head: { vars }, results: { bindings } }, query) {
  const rows = bindings.slice(0, SHOWN_ROWS), picture = plot(vars, rows);
  const columns = Object.fromEntries(vars.map(v => [v, v]));
  $('result').replaceChildren(...(picture ? [picture] : []), table(columns, rows));
  for (const format of ['csv', 'json']) $('as-' + format).href = '/sparql?' + new URLSearchParams({ query, format });
  $('download').hidden = false;
}

/* What is said of the result; it is shown meanwhile. */
async function showResult(query, signal) {
  const began = performance.now(), accept = 'application/sparql-results+json, text/turtle;q=0.9';
  const text = await get('/sparql?' + new URLSearchParams({ query }), accept, signal);
  const took = `${Math.round(performance.now() - began)} ms`;
  if (!text.startsWith('{')) {
    $('result').replaceChildren(element('pre', {}, text));
    return took;
  }
  const answer = JSON.parse(text);
  if ('boolean' in answer) return `${answer.boolean} (${took})`;
  showRows(answer, query);
  const count = answer.results.bindings.length;
  return `${count} rows, ${took}` + (count > SHOWN_ROWS ? `; the first ${SHOWN_ROWS} are shown` : '');
}

async function runQuery(plan) {
  running?.abort();
  const mine = running = new AbortController(), query = $('text').value;
  $('stop').hidden = false;
  $('said').textContent = 'Running …';
  $('result').replaceChildren();
  $('download').hidden = true;
  try {
    $('said').textContent = await (plan ? showPlan : showResult)(query, mine.signal);
  } catch (error) {
    if (mine === running) $('said').replaceChildren(failed(error));
  }
  if (mine === running) $('stop').hidden = true;
}

$('stop').addEventListener('click', () => running?.abort());
$('sparql').addEventListener('submit', event => {
  event.preventDefault();
  runQuery(event.submitter?.value === 'plan');
});

/* --- A chart of a result: the first column of amounts (else of counts) over the first of names (else of addresses) --- */

const PLOT = { width: 960, row: 24, height: 300, left: 260, right: 90, top: 20, bottom: 40, most: 40 };

function plotLine(points, names) {
  const { width, height, top, bottom } = PLOT, left = 80, right = 20, at = points.map(p => Date.parse(p[0]));
  const values = points.map(p => p[1]), low = Math.min(...values), high = Math.max(...values);
  const x = scale(at[0], at[at.length - 1], left, width - right), y = scale(low, high, height - bottom, top);
  const days = `${points[0][0]} to ${points[points.length - 1][0]}`;
  const picture = chartOf(width, height, `${names[1]} by ${names[0]}, ${points.length} values from ${days}`);
  valueAxis(picture, ticks(low, high), y, left, width - right);
  dayAxis(picture, dayTicks(at[0], at[at.length - 1]), x, height - bottom);
  picture.append(lineOf(points.map((p, i) => [x(at[i]), y(p[1])])));
  return picture;
}

function plotBar(picture, name, value, x, y) {
  const plain = name.replace(/^\w+:\S*[#/](?=\S)/, ''), cut = plain.length > 28 ? plain.slice(0, 27) + '…' : plain;
  const from = Math.min(x(0), x(value)), to = Math.max(x(0), x(value));
  picture.append(svgText(PLOT.left - 8, y + 15, 'end', svg('title', {}, name), cut),
    svg('rect', { class: 'bar', x: from, y: y + 3, width: Math.max(to - from, 1), height: PLOT.row - 8 }),
    svg('text', { x: to + 6, y: y + 15 }, number(value)));
}

function plotBars(points, names) {
  const { width, row, left, right, top, most } = PLOT, shown = points.slice(0, most), values = shown.map(p => p[1]);
  const x = scale(Math.min(0, ...values), Math.max(0, ...values), left, width - right);
  const height = top + shown.length * row + 10;
  const picture = chartOf(width, height, `${names[1]} by ${names[0]}, ${shown.length} bars`);
  shown.forEach(([name, value], i) => plotBar(picture, name, value, x, top + i * row));
  return picture;
}

/* The columns that are drawn: [name, value]; null where a result has no numbers, or nothing to set them over. */
function plotColumns(vars, rows) {
  const isNumber = v => !v || (v.datatype && NUMBER.test(v.datatype));
  const numbers = vars.filter(v => rows.length > 1 && rows.every(r => isNumber(r[v])) && rows.some(r => r[v]));
  const amounts = v => rows.some(r => r[v] && !Number.isInteger(Number(r[v].value)));
  const value = numbers.find(amounts) ?? numbers[0];
  const full = v => v !== value && rows.every(r => r[v]);
  const called_ = v => full(v) && !numbers.includes(v) && rows.every(r => r[v].type !== 'uri');
  const name = vars.find(called_) ?? vars.find(full);
  return value && name ? [name, value] : null;
}

function plot(vars, rows) {
  const names = plotColumns(vars, rows);
  if (!names) return null;
  const [name, value] = names;
  const points = rows.filter(r => r[value]).map(r => [r[name].value, Number(r[value].value)]);
  const finite = points.filter(p => Number.isFinite(p[1])), more = finite.length - PLOT.most;
  const dated = finite.length > 1 && finite.every(p => /^\d{4}-\d\d-\d\d/.test(p[0]));
  const picture = dated ? plotLine(finite.sort((a, b) => (a[0] < b[0] ? -1 : 1)), names) : plotBars(finite, names);
  const first = !dated && more > 0 ? `, the first ${PLOT.most} of ${finite.length}` : '';
  return element('details', { open: true }, element('summary', {}, `Chart: ${value} by ${name}${first}`), picture);
}

/* --- Predicates in this graph --------------------------------------------------------------------------------- */

const USUAL = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#', owl: 'http://www.w3.org/2002/07/owl#',
  qb: 'http://purl.org/linked-data/cube#', prov: 'http://www.w3.org/ns/prov#', dct: 'http://purl.org/dc/terms/',
  sh: 'http://www.w3.org/ns/shacl#',
  ...Object.fromEntries([...PREFIXES.matchAll(/PREFIX (\w+): <([^>]*)>/g)].map(m => [m[1], m[2]])),
};

function usualName(iri) {
  const [prefix, space] = Object.entries(USUAL).find(([, begins]) => iri.startsWith(begins)) ?? [];
  return space && `${prefix}:${iri.slice(space.length)}`;
}

/* By the usual prefixes; two that are called alike by as much more of their address as tells them apart. */
function namesOf(iris) {
  const ends = (iri, parts) => iri.split(/(?=[#/])/).slice(-parts).join('').replace(/^[#/]/, '');
  return iris.map(iri => {
    let parts = 1;
    while (parts < 9 && iris.some(other => other !== iri && ends(other, parts) === ends(iri, parts))) parts++;
    return usualName(iri) || ends(iri, parts);
  });
}

function predicateRow(p, name, meaning) {
  const insert = () => {
    $('text').setRangeText(`<${p.iri}>`, $('text').selectionStart, $('text').selectionEnd, 'end');
    $('text').focus();
  };
  const title = `Write <${p.iri}> into the query`, button = element('button', { type: 'button', title, onclick: insert }, name);
  return element('tr', {}, element('th', { scope: 'row' }, button),
    element('td', { className: 'number' }, p.count.toLocaleString('en')), element('td', {}, meaning || ''));
}

async function predicates() {
  const all = await getJson('/suggest', { kind: 'predicate', limit: 200 });
  const found = all.sort((a, b) => b.count - a.count).slice(0, 40), iris = found.map(p => p.iri), names = namesOf(iris);
  const said = await select(`SELECT ?p (SAMPLE(?t) AS ?text) WHERE { VALUES ?p { ${iris.map(i => `<${i}>`).join(' ')} }
    { ?p rdfs:comment ?t } UNION { ?p rdfs:label ?t MINUS { ?p rdfs:comment ?c } } UNION { ?p skos:prefLabel ?t } }
    GROUP BY ?p`);
  const meaning = new Map(said.map(r => [r.p.value, r.text.value]));
  return found.map((p, i) => predicateRow(p, names[i], meaning.get(p.iri)));
}

/* A help, not a need. */
async function showPredicates() {
  if (!$('predicates').childNodes.length) $('predicates').replaceChildren(...await predicates().catch(() => []));
}

const FIRST_QUERY = PREFIXES + 'SELECT ?metric ?label WHERE { ?metric a propter:Metric ; skos:prefLabel ?label } ORDER BY ?label';

function showQuery(given) {
  if (given) {
    $('text').value = given;
    $('sparql').requestSubmit();
  }
  if (!$('text').value) $('text').value = FIRST_QUERY;
  showPredicates();
}
