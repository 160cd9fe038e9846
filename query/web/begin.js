// SPDX-License-Identifier: Apache-2.0
// Where a question can begin: the most surprising moves of this graph and questions about them; after a question that is not understood, those near it.
'use strict';

const MOVES = 5;
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/* Days as a question may say them: "in August 2011", "from 5 August 2024 to 14 August 2024". */
function inWords(from, to) {
  const [y, m, d] = from.split('-').map(Number), [y2, m2, d2] = to.split('-').map(Number), month = `${MONTHS[m - 1]} ${y}`;
  const whole = d === 1 && d2 === new Date(Date.UTC(y2, m2, 0)).getUTCDate();
  if (from === to) return `on ${d} ${month}`;
  if (whole && y === y2 && m === 1 && m2 === 12) return `in ${y}`;
  if (whole && y === y2 && m === m2) return `in ${month}`;
  return whole ? `from ${month} to ${MONTHS[m2 - 1]} ${y2}` : `from ${d} ${month} to ${d2} ${MONTHS[m2 - 1]} ${y2}`;
}

/* Two-sided, of so many standard errors: the continued fraction of the normal tail. */
function chanceOf(z) {
  let below = z;
  for (let k = 40; k; k--) below = z + k / below;
  return z < 1 ? 1 : 2 * Math.exp(-z * z / 2) / (Math.sqrt(2 * Math.PI) * below);
}

/* The least score beyond what chance makes of so many figures: false discovery rate of .05 (Benjamini and Hochberg 1995), as query/cli/chance.c. */
async function beyondChance() {
  const [scores, [figures]] = await Promise.all([bound('SELECT ?score { ?p propter:score ?score } ORDER BY DESC(ABS(?score)) LIMIT 1000'),
    bound('SELECT (COUNT(*) AS ?n) { ?o a <http://purl.org/linked-data/cube#Observation> }')]);
  const tests = Math.max(Number(figures.n.value), scores.length), sizes = scores.map(row => Math.abs(Number(row.score.value)));
  return sizes.findLast((size, i) => chanceOf(size) <= .05 * (i + 1) / tests) ?? Infinity;
}

/* As propter start lists them (query/cli/start_moves.c): the same move of a whole and of its parts once, and no way back from one. */
const RETURN_DAYS = 62;
const sameMove = (a, b) => a.measure === b.measure && a.from <= b.to && b.from <= a.to && a.score > 0 === b.score > 0;
const isReturn = (m, before) => before.metric === m.metric && before.from < m.from && Date.parse(m.from) - Date.parse(before.from) <= RETURN_DAYS * DAY &&
  before.score > 0 !== m.score > 0 && 2 * Math.abs(before.score) >= Math.abs(m.score);

async function largestMoves() {
  const least = await beyondChance();
  const rows = await bound(`SELECT ?m ?label (SAMPLE(?u) AS ?unit) (SAMPLE(?of_) AS ?of) ?from ?to ?deviation ?expected ?score WHERE {
    { SELECT ?p ?score WHERE { ?p a propter:Pattern ; propter:score ?score } ORDER BY DESC(ABS(?score)) ?p LIMIT ${40 * MOVES} }
    ?p propter:metric ?m ; propter:start ?from ; propter:end ?to ; propter:deviation ?deviation ; propter:expected ?expected .
    ${called('?m', '?label')} OPTIONAL { ?m propter:unitLabel ?u } OPTIONAL { ?m propter:measure ?of_ } }
    GROUP BY ?m ?label ?from ?to ?deviation ?expected ?score ORDER BY DESC(ABS(?score)) ?m ?from`);
  const moves = rows.map(r => ({ metric: r.m.value, measure: (r.of || r.m).value, label: r.label.value, unit: r.unit ? ' ' + r.unit.value : '', from: r.from.value, to: r.to.value,
    deviation: Number(r.deviation.value), expected: Number(r.expected.value), score: Number(r.score.value) })).filter(m => Math.abs(m.score) >= least);
  const news = moves.filter(m => !moves.some(before => isReturn(m, before)));
  return news.filter((m, i) => !news.slice(0, i).some(other => sameMove(other, m))).slice(0, MOVES);
}

/* "August 2024 compared with July 2024" of the month a move began in. */
function beside(from) {
  const [y, m] = from.split('-').map(Number);
  return `in ${MONTHS[m - 1]} ${y} compared with ${MONTHS[(m + 10) % 12]} ${m === 1 ? y - 1 : y}`;
}

function examples(moves) {
  const at = i => moves[i % moves.length];
  return [`why did ${at(0).label} ${at(0).deviation < 0 ? 'fall' : 'rise'} ${inWords(at(0).from, at(0).to)}`, `${at(1).label} ${beside(at(1).from)}`, `${at(2).label} in the last month`];
}

const signed = (n, digits = 4) => (n > 0 ? '+' : '') + inDigits(n, digits);
const asked = question => element('a', { href: '#ask?' + new URLSearchParams({ q: question }) }, question);
const listOf = (title, items) => [element('h3', {}, title), element('ul', {}, ...items.map(item => element('li', {}, item)))];

function moveItem(m) {
  const part = m.expected ? `, ${signed(100 * m.deviation / Math.abs(m.expected), 2)} %` : '';
  const item = element('span', {}, element('a', { href: whyLink(m.metric, m.from, m.to) }, `${m.label} ${inWords(m.from, m.to)}`));
  item.append(` ${signed(m.deviation)}${m.unit}${part}, ${inDigits(Math.abs(m.score), 2)} standard errors from its usual course`);
  return item;
}

async function whyNoMoves() {
  const [held] = await bound('SELECT (EXISTS { ?m a propter:Metric } AS ?metrics) (EXISTS { ?p a propter:Pattern } AS ?patterns) {}');
  return held.metrics.value !== 'true' ? 'This graph has no metric yet: propter start FOLDER makes one of a folder of tables and documents. ' :
    held.patterns.value !== 'true' ? 'No moves are known yet: propter infer looks for them. ' : 'Nothing moved beyond what chance makes of so many figures. ';
}

async function showBegin() {
  state.asked++;
  $('gist').textContent = $('words').value = '';
  $('answer').hidden = $('forms').hidden = $('understood').hidden = $('reviews').hidden = true;
  $('begin').hidden = false;
  if ($('begin').childNodes.length) return;
  try {
    const moves = await largestMoves();
    if (!moves.length) { $('begin').replaceChildren(element('p', {}, await whyNoMoves()), element('a', { href: '#patterns' }, 'All patterns')); return; }
    const questions = examples(moves);
    $('words').placeholder = questions[0];
    $('begin').replaceChildren(...listOf('The most surprising moves', moves.map(moveItem)), element('p', {}, element('a', { href: '#patterns' }, 'All patterns')),
      ...listOf('In words, for example', questions.map(asked)));
  } catch (error) {
    $('begin').replaceChildren(failed(error));
  }
}

/* What comes near a question that was not understood, each a link. */
function showNear(gap) {
  const near = [];
  if (gap && gap.didYouMean.length) near.push(...listOf('Did you mean', gap.didYouMean.map(asked)));
  if (gap && gap.moves.length) near.push(...listOf('Moves that could be asked about', gap.moves.map(m => asked(m.question))));
  if (gap && gap.names.length) near.push(...listOf('Metrics of this graph', gap.names.map(n => element('a', { href: '#metric?' + new URLSearchParams({ m: n.iri }) }, n.label))));
  $('near').hidden = !near.length;
  $('near').replaceChildren(...near);
}
