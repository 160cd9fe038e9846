// SPDX-License-Identifier: Apache-2.0
// What every view needs: elements, requests to the server that the page came from, numbers, tables.
// Text from the graph only ever becomes a text node.
'use strict';

const PAGE = 50;
const $ = id => document.getElementById(id);
const state = { list: null, offset: 0, order: null, asked: 0 };

function element(name, properties = {}, ...children) {
  const e = Object.assign(document.createElement(name), properties);
  e.append(...children);
  return e;
}

const link = (href, ...children) => element('a', { href }, ...children);
const address = (view, parameters) => `#${view}?` + new URLSearchParams(parameters);
const failed = error => element('p', { className: 'error', role: 'alert' }, String(error.message || error));

/* What an entry of the history keeps of its view: which it is, the page and order of a list. */
const remember = kept => history.replaceState({ ...history.state, ...kept }, '');

/* --- Requests ------------------------------------------------------------------------------------------------- */

function authorization() {
  const token = sessionStorage.getItem('token');
  return token ? { Authorization: 'Bearer ' + token } : {};
}

let asking = null; /* for a token: once, however many requests wait for it; it stays in this tab */

/* Asks for what this tab keeps under `name`; true if it was given. */
function askFor(name, title, text, properties) {
  return new Promise(done => {
    const input = element('input', { id: 'asked-' + name, required: true, ...properties });
    const label = element('label', { htmlFor: input.id }, text);
    const dialog = element('dialog', {},
      element('form', { method: 'dialog' }, element('p', {}, label, input), element('button', {}, 'Go on')));
    dialog.setAttribute('aria-label', title);
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (input.value) sessionStorage.setItem(name, input.value);
      done(Boolean(input.value));
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function askToken() {
  const secret = { type: 'password', autocomplete: 'off' };
  asking ??= askFor('token', 'Token', 'This server reads to holders of a token. Token', secret).finally(() => { asking = null; });
  return asking;
}

/* A problem document (RFC 9457) in words. */
function problemOf(text, status) {
  try {
    const p = JSON.parse(text);
    return new Error(`${p.detail}${p.line ? ` (line ${p.line}, column ${p.column})` : ''} (${status})`);
  } catch {
    return new Error(`${text} (${status})`);
  }
}

function unanswered(error) {
  throw new Error(error.name === 'AbortError' ? 'Stopped.' : 'The server does not answer. Does it still run?');
}

async function get(path, accept, signal = null, again = true) {
  const reply = await fetch(path, { headers: { Accept: accept, ...authorization() }, signal }).catch(unanswered);
  if (reply.status === 401 && again && await askToken()) return get(path, accept, signal, false);
  if (reply.status === 401) sessionStorage.removeItem('token');
  const text = await reply.text();
  if (!reply.ok) throw problemOf(text, reply.status);
  return text;
}

const getJson = async (path, parameters) =>
  JSON.parse(await get(parameters ? `${path}?${new URLSearchParams(parameters)}` : path, 'application/json'));

/* Rows of a SELECT query that may use the prefixes of PREFIXES. */
async function select(query) {
  const path = '/sparql?' + new URLSearchParams({ query: PREFIXES + query });
  return JSON.parse(await get(path, 'application/sparql-results+json')).results.bindings;
}

/* --- Values --------------------------------------------------------------------------------------------------- */

const NUMBER = /#(integer|decimal|double|float|int|long)$/;
const inDigits = (n, digits) => n.toLocaleString('en', { maximumSignificantDigits: digits }).replace('-', '\u2212');
const number = n => inDigits(n, 4);
const numberOf = value => (value.datatype && NUMBER.test(value.datatype) ? Number(value.value) : NaN);

/* "2 September 2024", "2 to 8 September 2024": as no browser's language reads a day as a month. */
function daysInWords(from, to) {
  const day = (iso, parts) => new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', ...parts, timeZone: 'UTC' });
  const year = { month: 'long', year: 'numeric' }, same = from.slice(0, 4) === to.slice(0, 4);
  if (from === to) return day(from, year);
  return `${day(from, from.slice(0, 7) === to.slice(0, 7) ? {} : same ? { month: 'long' } : year)} to ${day(to, year)}`;
}

/* --- Tables --------------------------------------------------------------------------------------------------- */

function cell(value, as, row, tip) {
  if (!value) return element('td');
  const n = numberOf(value), isNumber = Number.isFinite(n);
  const text = as ? as(value.value, row) : isNumber ? inDigits(n, 6) : value.value;
  const className = isNumber && /\d/.test(text) ? 'number' : /^\d{4}-\d\d-\d\d/.test(text) ? 'date' : '';
  return element('td', { title: isNumber ? value.value : tip ? tip(value.value) : '', className }, text);
}

function tableHead(columns, sort, order) {
  const [, by] = /\?(\w+)/.exec(order) || [], down = order.startsWith('DESC');
  return Object.entries(columns).map(([name, title]) => {
    if (!sort) return element('th', { scope: 'col' }, title);
    const properties = { type: 'button', title: 'Sort by ' + title, onclick: () => sort(name) };
    const button = element('button', properties, title + (name !== by ? '' : down ? ' ▼' : ' ▲'));
    const sorted = name === by ? { ariaSort: down ? 'descending' : 'ascending' } : {};
    return element('th', { scope: 'col', ...sorted }, button);
  });
}

/* On a phone each row of a list is a card; what a cell says then stands in its data-title. */
function tableRow(columns, row, { open, as = {}, tips = {}, review: about }) {
  const tr = element('tr');
  for (const [name, title] of Object.entries(columns)) {
    const td = cell(row[name], as[name], row, tips[name]);
    td.dataset.title = title;
    tr.append(td);
  }
  const opens = open && open(row);
  if (opens) tr.firstChild.replaceChildren(link(opens, tr.firstChild.textContent || 'open'));
  if (about) tr.append(element('td', {}, row.verdict ? row.verdict.value + ' ' : '', reviewButton(...about(row))));
  if (about) tr.lastChild.dataset.title = 'verdict';
  return tr;
}

function table(columns, rows, { sort, order = '', cards, ...options } = {}) {
  const head = element('tr', {}, ...tableHead(columns, sort, order));
  if (options.review) head.append(element('th', { scope: 'col' }, 'verdict'));
  const body = rows.map(row => tableRow(columns, row, options));
  [...head.cells].forEach((th, i) => { if (body.some(tr => tr.cells[i].className === 'number')) th.className = 'number'; });
  return element('table', { className: cards ? 'cards' : '' }, element('thead', {}, head), element('tbody', {}, ...body));
}
