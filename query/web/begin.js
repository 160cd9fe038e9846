// SPDX-License-Identifier: Apache-2.0
// Where a question can begin: the most surprising moves of this graph and questions about them; after a question that is not understood, those near it.
'use strict';

const signed = (n, digits = 4) => (n > 0 ? '+' : '') + inDigits(n, digits);
const asked = question => element('a', { href: '#ask?' + new URLSearchParams({ q: question }) }, question);
const listOf = (title, items) => [element('h3', {}, title), element('ul', {}, ...items.map(item => element('li', {}, item)))];

function moveItem(m) {
  const part = m.expected ? `, ${signed(100 * m.deviation / Math.abs(m.expected), 2)} %` : '', unit = m.unit ? ' ' + m.unit : '';
  return element('span', {}, element('a', { href: whyLink(m.metric, m.from, m.to) }, m.question),
    ` ${signed(m.deviation)}${unit}${part}, ${inDigits(Math.abs(m.score), 2)} standard errors from its usual course`);
}

async function whyNoMoves(largest) {
  if (largest) return 'Nothing moved beyond what chance makes of so many figures. ';
  const [{ metrics }] = await bound('SELECT (EXISTS { ?m a propter:Metric } AS ?metrics) {}');
  return metrics.value === 'true' ? 'No moves are known yet: propter infer looks for them. ' :
    'This graph has no metric yet: propter start FOLDER makes one of a folder of tables and documents. ';
}

async function showBegin() {
  state.asked++;
  $('gist').textContent = $('words').value = '';
  for (const part of ANSWER) $(part).hidden = true;
  $('begin').hidden = false;
  if ($('begin').childNodes.length) return;
  try {
    const { moves, questions, largest } = await getJson('/moves'), all = element('a', { href: '#patterns' }, 'All patterns');
    if (!moves.length) return $('begin').replaceChildren(element('p', {}, await whyNoMoves(largest), all));
    $('words').placeholder = questions[0];
    $('begin').replaceChildren(...listOf('The most surprising moves', moves.map(moveItem)), element('p', {}, all),
      ...listOf('In words, for example', questions.map(asked)));
  } catch (error) {
    $('begin').replaceChildren(failed(error));
  }
}

/* What comes near a question that was not understood, each a link. */
function showNear(gap) {
  const near = [], metric = name => element('a', { href: '#metric?' + new URLSearchParams({ m: name.iri }) }, name.label);
  if (gap?.didYouMean.length) near.push(...listOf('Did you mean', gap.didYouMean.map(asked)));
  if (gap?.moves.length) near.push(...listOf('Moves that could be asked about', gap.moves.map(m => asked(m.question))));
  if (gap?.names.length) near.push(...listOf('Metrics of this graph', gap.names.map(metric)));
  $('near').hidden = !near.length;
  $('near').replaceChildren(...near);
}
