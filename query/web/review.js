// SPDX-License-Identifier: Apache-2.0
// A verdict about a hypothesis, given from the page: who, what, why. It is written with a token of scope write, which stays in this tab.
'use strict';

const VERDICTS = { confirmed: 'Confirmed', refuted: 'Refuted', unsure: 'Unsure' };

async function verdictsSoFar(hypothesis) {
  const given = JSON.parse(await get('/review?' + new URLSearchParams({ hypothesis }), 'application/json'));
  if (!given.length) return element('p', { className: 'note' }, 'No verdict so far.');
  return element('ul', {}, ...given.map(v => element('li', {}, `${v.verdict}, ${v.reviewer.replace(/^urn:propter:person:/, '')}, ${v.time.slice(0, 10)}${v.reason ? ': ' + v.reason : ''}`)));
}

/* The dialog; `shown`: what the reviewer has seen, kept with the verdict. */
async function review(hypothesis, title, shown) {
  const said = element('p', { role: 'status' }), given = element('div');
  const field = (label, input) => element('p', {}, element('label', { htmlFor: input.id }, label), input);
  const choice = element('select', { id: 'verdict', required: true }, element('option', { value: '' }, ''), ...Object.entries(VERDICTS).map(([value, text]) => element('option', { value }, text)));
  const reason = element('textarea', { id: 'reason', rows: 3 });
  const who = element('input', { id: 'reviewer', required: true, autocomplete: 'name', value: sessionStorage.getItem('reviewer') || '' });
  const token = element('input', { id: 'token', type: 'password', autocomplete: 'off', value: sessionStorage.getItem('token') || '' });
  const dialog = element('dialog', { id: 'review' });
  dialog.setAttribute('aria-label', 'Review: ' + title);
  const send = async event => {
    event.preventDefault();
    if (choice.value !== 'unsure' && !reason.value.trim()) { said.replaceChildren(failed('Say why.')); reason.focus(); return; }
    const body = new URLSearchParams({ hypothesis, verdict: choice.value, reason: reason.value.trim(), reviewer: who.value.trim(), shown });
    const headers = token.value ? { Authorization: 'Bearer ' + token.value } : {};
    try {
      const reply = await fetch('/review', { method: 'POST', headers, body });
      if (!reply.ok) {
        const problem = await reply.json().catch(() => ({}));
        throw new Error(reply.status === 401 || reply.status === 403 ? 'Writing needs a token of scope write (propter serve --token-file).' : problem.detail || reply.status);
      }
      sessionStorage.setItem('reviewer', who.value.trim());
      sessionStorage.setItem('token', token.value);
      said.textContent = 'Kept. It counts from the next inference on.';
      given.replaceChildren(await verdictsSoFar(hypothesis));
      if (!$('list').hidden) showList();
    } catch (error) {
      said.replaceChildren(failed(error));
    }
  };
  dialog.append(element('h2', {}, title), given,
    element('form', { onsubmit: send }, field('Verdict', choice), field('Why', reason), field('Who reviews', who), field('Token (of scope write, from whoever runs the server: --token-file, --print-token)', token),
      element('button', {}, 'Keep the verdict'), element('button', { type: 'button', onclick: () => dialog.close() }, 'Close')), said);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  try { given.replaceChildren(await verdictsSoFar(hypothesis)); } catch (error) { given.replaceChildren(failed(error)); }
}

/* The newest verdict on each row of a list of hypotheses. */
async function addVerdicts(rows) {
  const given = await bound(`SELECT ?h ?v WHERE { VALUES ?h { ${rows.map(row => `<${row.h.value}>`).join(' ')} } ?r a propter:Review ; propter:hypothesis ?h ; propter:verdict ?v ;
    <http://www.w3.org/ns/prov#atTime> ?time } ORDER BY ?time`);
  const newest = new Map(given.map(g => [g.h.value, g.v.value.replace(/^.*#/, '').toLowerCase()]));
  for (const row of rows) if (newest.has(row.h.value)) row.verdict = { value: newest.get(row.h.value) };
}

/* What propter infer holds of the causes of an answer, and can be judged: for patterns of its metric that overlap its days, which need not be those of a pattern. */
async function showReviews({ causes, question, headline }) {
  const known = causes.filter(c => c.iri && c.hypothesis);
  $('reviews').hidden = true;
  if (!known.length || !question.metric) return;
  const held = await bound(`SELECT ?h ?c ?from ?to WHERE { VALUES ?c { ${known.map(c => `<${c.iri}>`).join(' ')} } ?h a propter:Hypothesis ; propter:cause ?c ; propter:pattern ?p .
    ?p propter:metric <${question.metric}> ; propter:start ?from ; propter:end ?to FILTER(STR(?from) <= "${question.to}" && STR(?to) >= "${question.from}") } ORDER BY ?from ?h`);
  const items = known.flatMap(c => held.filter(h => h.c.value === c.iri).map(h => {
    const title = `${c.name} for ${question.label}, ${h.from.value} to ${h.to.value}`;
    return element('li', {}, title + ' ', reviewButton(h.h.value, title, headline));
  }));
  $('reviews').hidden = false;
  $('reviews').replaceChildren(element('h3', {}, 'Was it so?'), items.length ? element('ul', {}, ...items) :
    element('p', { className: 'note' }, 'Verdicts are given on what propter infer lists; no pattern of its list overlaps these days with one of these causes. ', element('a', { href: '#hypotheses' }, 'Hypotheses')));
}

const reviewButton = (hypothesis, title, shown) => element('button', { type: 'button', className: 'small', title: 'Review: ' + title, onclick: () => review(hypothesis, title, shown) }, 'Review');
