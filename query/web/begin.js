// SPDX-License-Identifier: Apache-2.0
// Where a question can begin: the most surprising moves of this graph and questions about them;
// after a question that is not understood, those near it.
'use strict';

const signed = (n, digits) => (n > 0 ? '+' : '') + inDigits(n, digits);
const askLink = question => link(address('ask', { q: question }), question);
const whyAddress = (metric, from, to) => address('ask', { metric, from, to });

const listOf = (title, items) =>
  [element('h3', {}, title), element('ul', {}, ...items.map(item => element('li', {}, item)))];

function moveItem(m) {
  const unit = m.unit ? ' ' + m.unit : '';
  const part = m.expected ? `, ${signed(100 * m.deviation / Math.abs(m.expected), 2)} %` : '';
  const also = m.also.map(a => `${a.label} (${signed(100 * a.part, 2)} %)`).join(', ');
  return element('span', {}, link(whyAddress(m.metric, m.from, m.to), m.question),
    `: ${signed(m.deviation, 4)}${unit}${part}; ${inDigits(Math.abs(m.score), 2)} sigma from its usual course${also && '; also in ' + also}`);
}

async function whyNoMoves(largest) {
  if (largest) return 'Nothing moved beyond what chance makes of so many figures. ';
  const [{ metrics }] = await select('SELECT (EXISTS { ?m a propter:Metric } AS ?metrics) {}');
  return metrics.value === 'true' ? 'No moves are known yet: propter infer looks for them. ' :
    'This graph has no metric yet: propter start FOLDER makes one of a folder of tables and documents. ';
}

async function beginning() {
  const { moves, questions, largest } = await getJson('/moves'), all = link('#patterns', 'All patterns');
  if (!moves.length) return [element('p', {}, await whyNoMoves(largest), all)];
  $('words').placeholder = questions[0];
  return [...listOf('The most surprising moves', moves.map(moveItem)), element('p', {}, all),
    ...listOf('In words, for example', questions.map(askLink))];
}

async function showBegin() {
  state.asked++;
  say('', true);
  $('words').value = '';
  for (const part of ['near', ...ANSWER]) $(part).hidden = true;
  $('begin').hidden = false;
  if ($('begin').childNodes.length) return;
  $('begin').replaceChildren(...await beginning().catch(error => [failed(error)]));
}

/* What comes near a question that was not understood, each a link. */
function showNear(gap) {
  const near = [], metric = ({ iri, label }) => link(address('metric', { m: iri }), label);
  if (gap?.didYouMean.length) near.push(...listOf('Did you mean', gap.didYouMean.map(askLink)));
  if (gap?.moves.length) near.push(...listOf('Moves that could be asked about', gap.moves.map(m => askLink(m.question))));
  if (gap?.names.length) near.push(...listOf('Metrics of this graph', gap.names.map(metric)));
  $('near').hidden = !near.length;
  $('near').replaceChildren(...near);
}
