// SPDX-License-Identifier: Apache-2.0
// Shows a list (lists.js): its query with filter, order and page, and its table.
'use strict';

/* What the address asks a list to be about: patterns for the parameters it knows. */
function givenOf(list) {
  const asked = [...new URLSearchParams(state.rest || '')];
  const known = asked.filter(([name, iri]) => list.given?.[name] && /^[^<>"{}|\\^`\s]+$/.test(iri));
  return known.map(([name, iri]) => list.given[name](iri)).join(' ');
}

/* The rows of a page are looked up first by what sorts them, then what else they show. */
function keyedQuery(list, names, words, order, by, page) {
  const sorted = `ORDER BY ${order.replace('?' + by, '?by')} ?${list.key}`;
  const match = words ? list.match(JSON.stringify(words)) : '';
  return `SELECT DISTINCT ${names} ${list.extra} ?by WHERE {
    { SELECT ${words ? 'DISTINCT ' : ''}?${list.key} ?by WHERE { ${match} ${list.first[by]} } ${sorted} ${page} }
    ${list.where} } ${sorted}`;
}

function listQuery(list) {
  const columns = Object.keys(list.columns), names = columns.map(n => '?' + n).join(' ');
  const words = $('contains').value.trim().toLowerCase();
  const order = state.order || list.order, page = `LIMIT ${PAGE + 1} OFFSET ${state.offset}`;
  const [, by] = /\?(\w+)/.exec(order);
  if (list.first?.[by]) return keyedQuery(list, names, words, order, by, page);
  const texts = columns.map(n => `COALESCE(STR(?${n}), "")`).join(', " ", ');
  const filter = words ? `FILTER(CONTAINS(LCASE(CONCAT(${texts})), ${JSON.stringify(words)}))` : '';
  return `SELECT DISTINCT ${names} ${list.extra || ''} WHERE { ${givenOf(list)} ${list.where} ${filter} }
    ORDER BY ${order} ${page}`;
}

const termOf = v => (typeof v === 'number' ? { value: String(v), datatype: '#integer' } : { value: v });

/* A page of a list that is no query: an array of objects. */
async function plainRows(path, offset) {
  const rowOf = row => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, termOf(v)]));
  return (await getJson(path)).slice(offset, offset + PAGE + 1).map(rowOf);
}

function findRows(list) {
  if (list.rows) return list.rows(state.offset);
  return list.path ? plainRows(list.path, state.offset) : select(listQuery(list));
}

function sortBy(name) {
  state.order = state.order === `DESC(?${name})` ? `?${name}` : `DESC(?${name})`;
  turnTo(0);
}

function legend([title, words]) {
  const items = Object.entries(words).map(([word, what]) => element('li', {}, element('b', {}, word), ': ' + what));
  return element('details', {}, element('summary', {}, title), element('ul', {}, ...items));
}

function listTable(list, rows) {
  const { columns, open, review, as, tips } = list;
  const sort = list.path || list.rows ? null : sortBy;
  return table(columns, rows, { open, sort, order: state.order || list.order, review, as, tips, cards: true });
}

/* A row may come several times, where it has several names; it counts and stands as often as its key. */
async function listPage(list) {
  const found = await findRows(list), keyOf = (row, i) => (list.key ? row[list.key].value : i);
  const keys = [...new Set(found.map(keyOf))], shown = new Set(keys.slice(0, PAGE));
  const rows = found.filter((row, i) => shown.has(keyOf(row, i)));
  if (list.review && list.key) await addVerdicts(rows);
  $('place').textContent = rows.length ? `${state.offset + 1} to ${state.offset + shown.size}` : '';
  $('before').disabled = state.offset === 0;
  $('after').disabled = keys.length <= PAGE;
  $('pager').hidden = $('before').disabled && $('after').disabled;
  return [rows.length ? listTable(list, rows) : 'Nothing here.', ...(list.legend ? [legend(list.legend)] : [])];
}

async function showList() {
  const list = LISTS[state.list];
  $('list-title').textContent = list.title;
  $('list-about').textContent = list.about;
  $('filter').hidden = Boolean(list.rows || list.path);
  $('rows').replaceChildren('Looking …');
  $('rows').replaceChildren(...await listPage(list).catch(error => [failed(error)]));
}

function turnTo(offset) {
  state.offset = Math.max(0, offset);
  remember({ offset: state.offset, order: state.order, contains: $('contains').value });
  showList();
}

$('before').addEventListener('click', () => turnTo(state.offset - PAGE));
$('after').addEventListener('click', () => turnTo(state.offset + PAGE));
$('filter').addEventListener('submit', event => { event.preventDefault(); turnTo(0); });
