// SPDX-License-Identifier: Apache-2.0
// The page: asks /why, /sparql, /explain and /suggest of the server it came from. Text from the graph only ever becomes a text node.
'use strict';
const PAGE = 50;
const $ = id => document.getElementById(id);
const state = { list: null, offset: 0, order: null, asked: 0 };

function element(name, properties = {}, ...children) {
  const e = Object.assign(document.createElement(name), properties);
  e.append(...children);
  return e;
}

const authorization = () => { const token = sessionStorage.getItem('token'); return token ? { Authorization: 'Bearer ' + token } : {}; };

/* A server that listens to others may read to holders of a token only: it is asked for once, however many requests wait for it, and stays in this tab. */
let asking = null;
function askToken() {
  asking ??= new Promise(resolve => {
    const token = element('input', { id: 'read-token', type: 'password', autocomplete: 'off', required: true });
    const dialog = element('dialog', {}, element('form', { method: 'dialog' }, element('p', {}, element('label', { htmlFor: token.id }, 'This server reads to holders of a token. Token'), token),
      element('button', {}, 'Go on')));
    dialog.setAttribute('aria-label', 'Token');
    dialog.addEventListener('close', () => { dialog.remove(); if (token.value) sessionStorage.setItem('token', token.value); resolve(Boolean(token.value)); });
    document.body.append(dialog);
    dialog.showModal();
  }).finally(() => { asking = null; });
  return asking;
}

async function get(path, accept, signal = null, again = true) {
  const reply = await fetch(path, { headers: { Accept: accept, ...authorization() }, signal }).catch(error => {
    throw error.name === 'AbortError' ? new Error('Stopped.') : new Error('The server does not answer. Does it still run?');
  });
  if (reply.status === 401 && again && await askToken()) return get(path, accept, signal, false);
  if (reply.status === 401) sessionStorage.removeItem('token');
  const text = await reply.text();
  if (reply.ok) return text;
  let problem = text;
  try { const p = JSON.parse(text); problem = p.detail + (p.line ? ` (line ${p.line}, column ${p.column})` : ''); } catch { /* not JSON */ }
  throw new Error(`${problem} (${reply.status})`);
}
const sparql = async query => JSON.parse(await get('/sparql?' + new URLSearchParams({ query }), 'application/sparql-results+json'));
const getJson = async path => JSON.parse(await get(path, 'application/json'));
const failed = error => element('p', { className: 'error', role: 'alert' }, String(error.message || error));

/* --- Tables ------------------------------------------------------------------------------------------------------------------ */

const NUMBER = /#(integer|decimal|double|float|int|long)$/;
const inDigits = (n, digits) => n.toLocaleString('en', { maximumSignificantDigits: digits }).replace('-', '\u2212');
function show(value, as, row, title) {
  if (!value) return element('td');
  const n = value.datatype && NUMBER.test(value.datatype) ? Number(value.value) : NaN, text = as ? as(value.value, row) : Number.isFinite(n) ? inDigits(n, 6) : value.value;
  return element('td', { title: Number.isFinite(n) ? value.value : title ? title(value.value) : '', className: Number.isFinite(n) && /\d/.test(text) ? 'number' : /^\d{4}-\d\d-\d\d/.test(text) ? 'date' : '' }, text);
}

/* On a phone each row of a list is a card; what a cell says then stands in its data-title. */
function table(columns, rows, { open, sort, order = '', review: about, as = {}, tips = {}, cards } = {}) {
  const [, by] = /\?(\w+)/.exec(order) || [], down = order.startsWith('DESC');
  const head = element('tr');
  for (const [name, title] of Object.entries(columns)) {
    const label = sort ? element('button', { type: 'button', title: 'Sort by ' + title, onclick: () => sort(name) }, title + (name !== by ? '' : down ? ' ▼' : ' ▲')) : title;
    head.append(element('th', { scope: 'col', ...(sort && name === by ? { ariaSort: down ? 'descending' : 'ascending' } : {}) }, label));
  }
  if (about) head.append(element('th', { scope: 'col' }, 'verdict'));
  const body = element('tbody');
  for (const row of rows) {
    const tr = element('tr');
    for (const [name, title] of Object.entries(columns)) { tr.append(show(row[name], as[name], row, tips[name])); tr.lastChild.dataset.title = title; }
    if (open) { const first = tr.firstChild; first.replaceChildren(element('a', { href: open(row) }, first.textContent || 'open')); }
    if (about) tr.append(element('td', {}, row.verdict ? row.verdict.value + ' ' : '', reviewButton(...about(row))));
    body.append(tr);
  }
  return element('table', { className: cards ? 'cards' : '' }, element('thead', {}, head), body);
}

/* --- Why ------------------------------------------------------------------------------------------------------------------------ */

const ANSWER = ['answer', 'forms', 'understood', 'reviews']; /* what there is of an answer */

async function ask(parameters) {
  const shared = new URLSearchParams(parameters);
  if ($('numbers').checked) shared.set('numbers', '1');
  if ($('terms').checked) shared.set('explain', '1');
  const path = format => `/why?${shared}&format=${format}`;
  const mine = ++state.asked;
  $('gist').textContent = 'Looking …';
  for (const part of ['begin', 'near', ...ANSWER]) $(part).hidden = true;
  try {
    const answer = JSON.parse(await get(path('json'), 'application/json'));
    if (mine !== state.asked) return; /* asked something else meanwhile */
    $('gist').textContent = answer.headline || answer.outcome || '';
    $('form').value = answer.question.form;
    $('form').rows = answer.question.form.split('\n').length + 1;
    $('notes').replaceChildren(...answer.question.notes.map(n => element('li', {}, n)));
    $('understood').hidden = !answer.question.form;
    showNear(answer.gap);
    state.forms = ['The same answer as ', ...['text', 'md', 'json', 'csv', 'svg', 'png'].flatMap(f => [element('a', { href: path(f) }, f), ' '])];
    $('forms').replaceChildren('Drawing the report …');
    $('forms').hidden = false;
    $('answer').src = path('html');
    showReviews(answer);
  } catch (error) {
    $('gist').replaceChildren(failed(error));
  }
}

/* The report is shown once it is there, as tall as it is; where a picture is wider than the screen, its window stands in the middle. It has no script of its own. */
$('answer').addEventListener('load', () => {
  const inside = $('answer').contentDocument;
  if (!inside || !inside.querySelector('main') || $('forms').hidden) return;
  $('forms').replaceChildren(...state.forms);
  $('answer').hidden = false;
  $('answer').style.height = inside.documentElement.scrollHeight + 40 + 'px';
  const shown = inside.querySelector('.window'), figure = shown && shown.closest('.scroll');
  if (figure) figure.scrollLeft += shown.getBoundingClientRect().x + shown.getBoundingClientRect().width / 2 - figure.getBoundingClientRect().x - figure.clientWidth / 2;
});
$('question').addEventListener('submit', event => {
  event.preventDefault();
  location.hash = '#ask?' + new URLSearchParams({ q: $('words').value });
  if (location.hash === state.hash) route();
});
for (const choice of ['numbers', 'terms']) $(choice).addEventListener('change', () => { if (!$('answer').hidden) route(); });
$('understood').addEventListener('submit', event => {
  event.preventDefault();
  location.hash = '#ask?' + new URLSearchParams({ q: $('form').value });
  if (location.hash === state.hash) route();
});
$('words').addEventListener('input', async () => {
  const typed = $('words').value;
  if (typed.length < 2 || /\d/.test(typed)) return;
  try {
    const found = JSON.parse(await get('/suggest?' + new URLSearchParams({ q: typed, limit: 8 }), 'application/json'));
    $('metrics').replaceChildren(...found.map(m => element('option', { value: m.label + ' in ' })));
  } catch { /* completion is a help, not a need */ }
});

/* --- The file behind a clause ------------------------------------------------------------------------------------------------------ */

function sourceRows(found) {
  const head = element('tr', {}, element('th', { scope: 'col' }, 'row'), ...found.columns.map(c => element('th', { scope: 'col' }, c)));
  const body = found.rows.map(r => element('tr', { className: r.row === found.row ? 'here' : '' }, element('th', { scope: 'row' }, (r.row === found.row ? '▶ ' : '') + r.row),
    ...r.cells.map((cell, i) => element('td', { className: r.row === found.row && found.columns[i] === found.column ? 'here' : '' }, cell))));
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...body));
}

async function showSource(iri) {
  $('source-place').textContent = 'Looking …';
  $('source-text').replaceChildren();
  try {
    const found = JSON.parse(await get('/source?' + new URLSearchParams({ iri }), 'application/json'));
    $('source-place').textContent = found.kind === 'row' ? `${found.file}, row ${found.row}, column ${found.column}` : [found.file, found.part, found.section, `characters ${found.charStart}–${found.charEnd}`].filter(Boolean).join(' · ');
    if (found.problem) $('source-text').append(element('p', { className: 'error' }, `The file ${found.problem}.`));
    if (found.kind === 'row') {
      if (found.rows.length) $('source-text').append(sourceRows(found));
      $('source-text').querySelector('td.here')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      return;
    }
    const paragraph = element('blockquote', { className: 'words' }, found.cutBefore ? '… ' : '', found.before, element('mark', { id: 'here' }, found.words), found.after, found.cutAfter ? ' …' : '');
    $('source-text').append(paragraph);
  } catch (error) {
    $('source-place').replaceChildren(failed(error));
  }
}
$('source-back').addEventListener('click', () => history.back());

/* --- Lists ------------------------------------------------------------------------------------------------------------------------ */

/* What the address asks a list to be about: patterns for the parameters it knows. */
function givenOf(list) {
  const asked = [...new URLSearchParams(state.rest || '')].filter(([name, iri]) => list.given && list.given[name] && /^[^<>"{}|\\^`\s]+$/.test(iri));
  return asked.map(([name, iri]) => list.given[name](iri)).join(' ');
}

function listQuery(list) {
  const names = Object.keys(list.columns).map(n => '?' + n).join(' ');
  const words = $('contains').value.trim().toLowerCase();
  const filter = words ? `\nFILTER(CONTAINS(LCASE(CONCAT(${Object.keys(list.columns).map(n => `COALESCE(STR(?${n}), "")`).join(', " ", ')})), ${JSON.stringify(words)}))` : '';
  const order = state.order || list.order, page = `LIMIT ${PAGE + 1} OFFSET ${state.offset}`;
  const [, by] = /\?(\w+)/.exec(order), first = list.first && list.first[by];
  if (first) {
    const sorted = `ORDER BY ${order.replace('?' + by, '?by')} ?${list.key}`;
    return `${PREFIXES}SELECT DISTINCT ${names} ${list.extra} ?by WHERE { { SELECT ${words ? 'DISTINCT ' : ''}?${list.key} ?by WHERE { ${words ? list.match(JSON.stringify(words)) : ''} ${first} } ${sorted} ${page} } ${list.where} } ${sorted}`;
  }
  const select = list.select || `DISTINCT ${names} ${list.extra || ''}`;
  return `${PREFIXES}SELECT ${select} WHERE { ${givenOf(list)} ${list.where}${filter} } ORDER BY ${order} ${page}`;
}

const legend = ([title, words]) => element('details', {}, element('summary', {}, title), element('ul', {}, ...Object.entries(words).map(([word, what]) => element('li', {}, element('b', {}, word), ': ' + what))));

/* A page of a list that is no query: an array of objects. */
async function plainRows(path, offset) {
  const all = JSON.parse(await get(path, 'application/json'));
  const bound = row => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, typeof v === 'number' ? { value: String(v), datatype: '#integer' } : { value: v }]));
  return all.slice(offset, offset + PAGE + 1).map(bound);
}

async function showList() {
  const list = LISTS[state.list];
  $('list-title').textContent = list.title;
  $('list-about').textContent = list.about;
  $('filter').hidden = Boolean(list.rows || list.path);
  $('rows').replaceChildren('Looking …');
  try {
    const found = list.rows ? await list.rows(state.offset) : list.path ? await plainRows(list.path, state.offset) : (await sparql(listQuery(list))).results.bindings, keys = [...new Set(found.map((row, i) => list.key ? row[list.key].value : i))], rows = found.filter((row, i) => keys.indexOf(list.key ? row[list.key].value : i) < PAGE);
    if (list.review) await addVerdicts(rows);
    const sort = name => { state.order = state.order === `DESC(?${name})` ? `?${name}` : `DESC(?${name})`; state.offset = 0; showList(); };
    $('rows').replaceChildren(rows.length ? table(list.columns, rows, { open: list.open, sort: list.path || list.rows ? null : sort, order: state.order || list.order, review: list.review, as: list.as, tips: list.tips, cards: true }) : 'Nothing here.', ...(list.legend ? [legend(list.legend)] : []));
    $('place').textContent = rows.length ? `${state.offset + 1} to ${state.offset + Math.min(keys.length, PAGE)}` : '';
    $('before').disabled = state.offset === 0;
    $('after').disabled = keys.length <= PAGE;
  } catch (error) {
    $('rows').replaceChildren(failed(error));
  }
}
$('before').addEventListener('click', () => { state.offset = Math.max(0, state.offset - PAGE); showList(); });
$('after').addEventListener('click', () => { state.offset += PAGE; showList(); });
$('filter').addEventListener('submit', event => { event.preventDefault(); state.offset = 0; showList(); });

/* --- SPARQL -------------------------------------------------------------------------------------------------------------------------- */

let running = null; /* the query under way; who leaves it, stops it */
$('stop').addEventListener('click', () => running?.abort());
$('sparql').addEventListener('submit', async event => {
  event.preventDefault();
  running?.abort();
  const mine = running = new AbortController();
  $('stop').hidden = false;
  const query = $('text').value, plan = event.submitter && event.submitter.value === 'plan', began = performance.now();
  $('said').textContent = 'Running …';
  $('result').replaceChildren();
  $('download').hidden = true;
  try {
    if (plan) {
      $('result').replaceChildren(element('pre', {}, await get('/explain?' + new URLSearchParams({ query }), 'text/plain', mine.signal)));
      $('said').textContent = '';
      return;
    }
    const text = await get('/sparql?' + new URLSearchParams({ query }), 'application/sparql-results+json, text/turtle;q=0.9', mine.signal);
    const took = `${Math.round(performance.now() - began)} ms`;
    if (!text.startsWith('{')) { $('result').replaceChildren(element('pre', {}, text)); $('said').textContent = took; return; }
    const answer = JSON.parse(text);
    if ('boolean' in answer) { $('said').textContent = `${answer.boolean} (${took})`; return; }
    const rows = answer.results.bindings, most = 1000;
    const picture = plot(answer.head.vars, rows.slice(0, most));
    $('result').replaceChildren(...(picture ? [picture] : []), table(Object.fromEntries(answer.head.vars.map(v => [v, v])), rows.slice(0, most)));
    $('said').textContent = `${rows.length} rows, ${took}` + (rows.length > most ? `; the first ${most} are shown` : '');
    for (const format of ['csv', 'json']) $('as-' + format).href = '/sparql?' + new URLSearchParams({ query, format });
    $('download').hidden = false;
  } catch (error) {
    if (mine === running) $('said').replaceChildren(failed(error));
  } finally {
    if (mine === running) $('stop').hidden = true;
  }
});

/* Names by the prefixes of this page and the usual ones; two that are called alike by as much more of their address as tells them apart. */
const USUAL = { rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#', owl: 'http://www.w3.org/2002/07/owl#', qb: 'http://purl.org/linked-data/cube#', prov: 'http://www.w3.org/ns/prov#', dct: 'http://purl.org/dc/terms/', sh: 'http://www.w3.org/ns/shacl#',
  ...Object.fromEntries([...PREFIXES.matchAll(/PREFIX (\w+): <([^>]*)>/g)].map(m => [m[1], m[2]])) };
function callNames(iris) {
  const usual = iri => Object.entries(USUAL).filter(([, space]) => iri.startsWith(space)).map(([prefix, space]) => prefix + ':' + iri.slice(space.length))[0];
  const ends = (iri, parts) => iri.split(/(?=[#/])/).slice(-parts).join('').replace(/^[#/]/, '');
  return iris.map(iri => {
    let parts = 1;
    while (parts < 9 && iris.some(other => other !== iri && ends(other, parts) === ends(iri, parts))) parts++;
    return usual(iri) || ends(iri, parts);
  });
}

async function showPredicates() {
  if ($('predicates').childNodes.length) return;
  try {
    const found = JSON.parse(await get('/suggest?kind=predicate&limit=200', 'application/json')).sort((a, b) => b.count - a.count).slice(0, 40), names = callNames(found.map(p => p.iri));
    const said = await bound(`SELECT ?p (SAMPLE(?t) AS ?text) WHERE { VALUES ?p { ${found.map(p => `<${p.iri}>`).join(' ')} } { ?p rdfs:comment ?t } UNION { ?p rdfs:label ?t MINUS { ?p rdfs:comment ?c } } UNION { ?p skos:prefLabel ?t } } GROUP BY ?p`);
    const meaning = new Map(said.map(r => [r.p.value, r.text.value]));
    $('predicates').replaceChildren(...found.map((p, i) => {
      const insert = () => { $('text').setRangeText(`<${p.iri}>`, $('text').selectionStart, $('text').selectionEnd, 'end'); $('text').focus(); };
      return element('tr', {}, element('th', { scope: 'row' }, element('button', { type: 'button', title: `Write <${p.iri}> into the query`, onclick: insert }, names[i])),
        element('td', { className: 'number' }, p.count.toLocaleString('en')), element('td', {}, meaning.get(p.iri) || ''));
    }));
  } catch { /* a help, not a need */ }
}

/* --- Views ----------------------------------------------------------------------------------------------------------------------------- */

const VIEWS = { ask: 'Why', metric: 'Metric', graph: 'Graph', ...Object.fromEntries(Object.entries(LISTS).map(([name, list]) => [name, list.title])), query: 'SPARQL' };
for (const [name, title] of Object.entries(VIEWS)) $('views').append(element('li', {}, element('a', { href: '#' + name, id: 'view-' + name }, title)));

function route() {
  state.hash = location.hash;
  $('review')?.close(); /* it is about what was shown */
  const [name, rest] = location.hash.slice(1).split(/\?(.*)/s), view = VIEWS[name] || name === 'source' ? name : 'ask';
  for (const v of Object.keys(VIEWS)) v === view ? $('view-' + v).setAttribute('aria-current', 'page') : $('view-' + v).removeAttribute('aria-current');
  for (const own of ['ask', 'metric', 'graph', 'query', 'source']) $('part-' + own).hidden = view !== own;
  $('list').hidden = !LISTS[view];
  document.title = (VIEWS[view] || 'In its file') + ' – propter';
  if (LISTS[view]) {
    Object.assign(state, { list: view, rest, offset: 0, order: null });
    $('contains').value = '';
    showList();
  } else if (view === 'metric') {
    showMetric(new URLSearchParams(rest || '').get('m'));
  } else if (view === 'graph') {
    showGraph(chosenNode());
  } else if (view === 'source') {
    showSource(new URLSearchParams(rest || '').get('iri'));
  } else if (view === 'query') {
    const given = new URLSearchParams(rest || '').get('q');
    if (given) { $('text').value = given; $('sparql').requestSubmit(); }
    if (!$('text').value) $('text').value = PREFIXES + 'SELECT ?metric ?label WHERE { ?metric a propter:Metric ; skos:prefLabel ?label } ORDER BY ?label';
    showPredicates();
  } else if (rest) {
    const given = Object.fromEntries(new URLSearchParams(rest));
    if (given.q) $('words').value = /^(PREFIX|WHY) /.test(given.q) ? '' : given.q;
    ask(given);
  } else {
    showBegin();
  }
}
/* The address names the view, so the skip link must not change it. */
document.querySelector('.skip').addEventListener('click', event => { event.preventDefault(); $('main').focus(); });
addEventListener('hashchange', route);
addEventListener('DOMContentLoaded', route); /* views.js comes after this file */
