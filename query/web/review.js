// SPDX-License-Identifier: Apache-2.0
// A verdict about a hypothesis or a claim, given from the page: who, what, why. It is written with a token of scope write,
// which stays in this tab.
'use strict';

const VERDICTS = { confirmed: 'Confirmed', refuted: 'Refuted', unsure: 'Unsure' };

function verdictSaid(v) {
  const who = v.reviewer.replace(/^urn:propter:person:/, '');
  return `${v.verdict}, ${who}, ${v.time.slice(0, 10)}${v.reason ? ': ' + v.reason : ''}`;
}

async function verdictsSoFar(about) {
  const given = await getJson('/review', { hypothesis: about });
  if (!given.length) return element('p', { className: 'note' }, 'No verdict so far.');
  return element('ul', {}, ...given.map(v => element('li', {}, verdictSaid(v))));
}

/* --- The dialog ----------------------------------------------------------------------------------------------- */

async function sendVerdict(body, token) {
  const headers = token ? { Authorization: 'Bearer ' + token } : {};
  const reply = await fetch('/review', { method: 'POST', headers, body: new URLSearchParams(body) }).catch(unanswered);
  if (reply.ok) return;
  const problem = await reply.json().catch(() => ({}));
  const refused = reply.status === 401 || reply.status === 403;
  throw new Error(refused ? 'Writing needs a token of scope write (propter serve --token-file).' :
    problem.detail || reply.status);
}

function verdictFields() {
  const kept = name => sessionStorage.getItem(name) || '';
  const options = Object.entries(VERDICTS).map(([value, text]) => element('option', { value }, text));
  return {
    verdict: element('select', { id: 'verdict', required: true }, element('option', { value: '' }, ''), ...options),
    reason: element('textarea', { id: 'reason', rows: 3 }),
    reviewer: element('input', { id: 'reviewer', required: true, autocomplete: 'name', value: kept('reviewer') }),
    token: element('input', { id: 'token', type: 'password', autocomplete: 'off', value: kept('token') }),
  };
}

/* What propter holds of a hypothesis: told once the verdict is there. */
async function heldLikely(hypothesis) {
  const [held] = await select(`SELECT ?p ?g WHERE { <${hypothesis}> propter:probability ?p ; propter:grade ?grade
    BIND(${words('?grade')} AS ?g) }`);
  return held ? ` propter holds it ${likely(held.p.value)}, grade ${held.g.value}.` : '';
}

/* `about`: IRI of a hypothesis or claim; `shown`: what the reviewer has seen, kept with the verdict; `chosen`: the verdict to
 * begin with; `blind`: the score was not shown. */
async function review(about, title, shown, chosen = '', blind = false) {
  const fields = verdictFields(), said = element('p', { role: 'status' }), given = element('div');
  const dialog = element('dialog', { id: 'review' });
  const field = (label, input) => element('p', {}, element('label', { htmlFor: input.id }, label), input);
  const tell = async () => given.replaceChildren(await verdictsSoFar(about).catch(failed));
  const send = async event => {
    event.preventDefault();
    const verdict = fields.verdict.value, reason = fields.reason.value.trim(), reviewer = fields.reviewer.value.trim();
    if (verdict !== 'unsure' && !reason) {
      said.replaceChildren(failed('Say why.'));
      return fields.reason.focus();
    }
    try {
      await sendVerdict({ hypothesis: about, verdict, reason, reviewer, shown, blind: Number(blind) }, fields.token.value);
    } catch (error) {
      return said.replaceChildren(failed(error));
    }
    sessionStorage.setItem('reviewer', reviewer);
    sessionStorage.setItem('token', fields.token.value);
    said.textContent = 'Kept. It counts from the next inference on.' + (blind ? await heldLikely(about) : '');
    blind = false; /* the next one is not */
    await tell();
    if (!$('list').hidden) showList();
  };
  dialog.setAttribute('aria-label', 'Review: ' + title);
  dialog.append(element('h2', {}, title), given, element('form', { onsubmit: send },
    field('Verdict', fields.verdict), field('Why', fields.reason), field('Who reviews', fields.reviewer),
    field('Token (of scope write, from whoever runs the server: --token-file, --print-token)', fields.token),
    element('button', {}, 'Keep the verdict'),
    element('button', { type: 'button', className: 'plain', onclick: () => dialog.close() }, 'Close')), said);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  fields.verdict.value = chosen;
  if (chosen) fields.reason.focus();
  if (!blind) await tell();
}

const reviewButton = (about, title, shown, chosen = '', text = 'Review', blind = false) =>
  element('button', { type: 'button', className: 'small', title: `${text}: ${title}`,
    onclick: () => review(about, title, shown, chosen, blind) }, text);

const causeOf = (cause, metric, from, to) => `${cause} as a cause of what ${metric} did, ${daysInWords(from, to)}`;

/* A question that is answered by a verdict. */
const verdictButtons = (about, title, shown) =>
  Object.entries({ confirmed: 'Yes', refuted: 'No', unsure: 'Unsure' })
    .flatMap(([verdict, text]) => [' ', reviewButton(about, title, shown, verdict, text)]);

/* --- Where verdicts are given --------------------------------------------------------------------------------- */

/* The newest verdict on each row of a list of hypotheses. */
async function addVerdicts(rows) {
  const given = await select(`SELECT ?h ?v WHERE { VALUES ?h { ${rows.map(row => `<${row.h.value}>`).join(' ')} }
    ?r a propter:Review ; propter:hypothesis ?h ; propter:verdict ?v ;
      <http://www.w3.org/ns/prov#atTime> ?time } ORDER BY ?time`);
  const newest = new Map(given.map(g => [g.h.value, g.v.value.replace(/^.*#/, '').toLowerCase()]));
  for (const row of rows) if (newest.has(row.h.value)) row.verdict = { value: newest.get(row.h.value) };
}

const heldOf = (causes, { metric, from, to }) => select(`SELECT ?h ?c ?from ?to WHERE {
  VALUES ?c { ${causes.map(c => `<${c.iri}>`).join(' ')} }
  ?h a propter:Hypothesis ; propter:cause ?c ; propter:pattern ?p .
  ?p propter:metric <${metric}> ; propter:start ?from ; propter:end ?to
  FILTER(STR(?from) <= "${to}" && STR(?to) >= "${from}") } ORDER BY ?from ?h`);

/* What propter infer holds of the causes of an answer, and can be judged: for patterns of its metric that overlap its days,
 * which need not be those of a pattern. */
async function showReviews({ causes, question, headline }) {
  const known = causes.filter(c => c.iri && c.hypothesis);
  if (!known.length || !question.metric) return;
  const held = await heldOf(known, question);
  const items = known.flatMap(c => held.filter(h => h.c.value === c.iri).map(h => {
    const title = causeOf(c.name, question.label, h.from.value, h.to.value);
    return element('li', {}, title, ...verdictButtons(h.h.value, title, headline));
  }));
  const none = element('p', { className: 'note' }, 'Verdicts are given on what propter infer lists; no pattern of its ' +
    'list overlaps these days with one of these causes. ', link('#hypotheses', 'Hypotheses'));
  $('reviews').hidden = false;
  $('reviews').replaceChildren(element('h3', {}, 'Was it so?'), items.length ? element('ul', {}, ...items) : none);
}
