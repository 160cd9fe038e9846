// SPDX-License-Identifier: Apache-2.0
// The address says which view is shown, and of what: #ask?q=…, #metric?m=…, #graph?node=…, #source?iri=…, a list, #query.
'use strict';

const OWN = { ask: 'Why', metric: 'Metric', graph: 'Graph', source: 'In its file', query: 'SPARQL' };
const LISTED = Object.fromEntries(Object.entries(LISTS).map(([name, list]) => [name, list.title]));
/* A file is opened from what cites it. */
const MENU = { ask: OWN.ask, metric: OWN.metric, graph: OWN.graph, ...LISTED, query: OWN.query };

for (const [name, title] of Object.entries(MENU))
  $('views').append(element('li', {}, element('a', { href: '#' + name, id: 'view-' + name }, title)));

const SHOW = {
  ask: given => {
    if (![...given].length) return showBegin();
    const { q = '', numbers, explain, ...rest } = Object.fromEntries(given);
    $('words').value = /^(PREFIX|WHY) /.test(q) ? '' : q;
    if (numbers) $('numbers').checked = true;
    if (explain) $('terms').checked = true;
    return ask(q ? { q, ...rest } : rest);
  },
  metric: given => showMetric(given.get('m')),
  graph: () => showGraph(),
  source: given => showSource(given.get('iri')),
  query: given => showQuery(given.get('q')),
};

function openList(name, rest) {
  const { offset = 0, order = null, contains = '' } = history.state || {};
  Object.assign(state, { list: name, rest, offset, order });
  $('contains').value = contains;
  return showList();
}

function markView(view) {
  for (const name of Object.keys(MENU)) {
    if (name === view) $('view-' + name).setAttribute('aria-current', 'page');
    else $('view-' + name).removeAttribute('aria-current');
  }
  for (const name of Object.keys(OWN)) $('part-' + name).hidden = name !== view;
  $('list').hidden = !LISTS[view];
  document.title = (OWN[view] || LISTED[view]) + ' – propter';
}

const places = new Map(); /* how far each entry of the history was scrolled when it was left */

/* Who comes back finds the view scrolled as it was left, once it is there; a new one begins at its top. */
async function route() {
  places.set(state.entry, scrollY);
  state.entry = history.state?.entry ?? Math.random();
  remember({ entry: state.entry });
  const hash = state.hash = location.hash, y = places.get(state.entry) || 0;
  $('review')?.close(); /* it is about what was shown */
  const [name, rest] = location.hash.slice(1).split(/\?(.*)/s), view = OWN[name] || LISTS[name] ? name : 'ask';
  markView(view);
  if (!y) scrollTo(0, 0);
  await (LISTS[view] ? openList(view, rest) : SHOW[view](new URLSearchParams(rest || '')));
  if (y && hash === location.hash) scrollTo(0, y);
}

history.scrollRestoration = 'manual';

/* The address names the view, so the skip link must not change it. */
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault();
  $('main').focus();
});
addEventListener('hashchange', route);
route();
