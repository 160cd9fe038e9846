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
    const question = given.get('q');
    if (question) $('words').value = /^(PREFIX|WHY) /.test(question) ? '' : question;
    return ask(Object.fromEntries(given));
  },
  metric: given => showMetric(given.get('m')),
  graph: () => showGraph(),
  source: given => showSource(given.get('iri')),
  query: given => showQuery(given.get('q')),
};

function openList(name, rest) {
  Object.assign(state, { list: name, rest, offset: 0, order: null });
  $('contains').value = '';
  showList();
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

function route() {
  state.hash = location.hash;
  $('review')?.close(); /* it is about what was shown */
  const [name, rest] = location.hash.slice(1).split(/\?(.*)/s), view = OWN[name] || LISTS[name] ? name : 'ask';
  markView(view);
  if (LISTS[view]) openList(view, rest);
  else SHOW[view](new URLSearchParams(rest || ''));
}

/* The address names the view, so the skip link must not change it. */
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault();
  $('main').focus();
});
addEventListener('hashchange', route);
route();
