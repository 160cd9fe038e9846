// SPDX-License-Identifier: Apache-2.0
// A question and its answer: one request brings the answer and its report. The report is written into the frame's own
// empty document, whose policy and sandbox let nothing in it run.
'use strict';

const ANSWER = ['answer', 'notes', 'forms', 'understood', 'reviews']; /* what there is of an answer */
const FORMATS = ['text', 'md', 'json', 'csv', 'svg', 'png'];

/* The frame's document, once it is there. */
const reportFrame = new Promise(resolve => {
  $('answer').addEventListener('load', () => resolve($('answer').contentDocument), { once: true });
  $('answer').src = '/report';
});

/* As tall as it is; where a picture is wider than the screen, the window asked about stands in the middle. */
async function showReport(html) {
  const inside = await reportFrame;
  const report = new inside.defaultView.DOMParser().parseFromString(html, 'text/html'); /* under the frame's policy, too */
  inside.replaceChild(inside.adoptNode(report.documentElement), inside.documentElement);
  $('answer').hidden = false;
  $('answer').style.height = inside.documentElement.scrollHeight + 40 + 'px';
  const shown = inside.querySelector('.window')?.getBoundingClientRect();
  const figure = inside.querySelector('.window')?.closest('.scroll');
  if (figure) figure.scrollLeft += shown.x + shown.width / 2 - figure.getBoundingClientRect().x - figure.clientWidth / 2;
}

/* A move that was followed is a question in words, too. */
function showQuestion({ form, notes, title }, moved) {
  if (moved) $('words').value = title;
  $('form').value = form;
  $('form').rows = form.split('\n').length + 1;
  $('notes').replaceChildren(...notes.map(n => element('li', {}, n)));
  $('notes').hidden = !notes.length;
  $('understood').hidden = !form;
}

function showForms(asked) {
  const links = FORMATS.flatMap(format => [link('/why?' + new URLSearchParams({ ...asked, format }), format), ' ']);
  $('forms').replaceChildren('The same answer as ', ...links);
  $('forms').hidden = false;
}

function say(text, seen) {
  $('gist').replaceChildren(text);
  $('gist').className = seen ? '' : 'unseen';
}

async function ask(parameters) {
  const asked = { ...parameters };
  if ($('numbers').checked) asked.numbers = 1;
  if ($('terms').checked) asked.explain = 1;
  const mine = ++state.asked;
  say('Looking …', true);
  for (const part of ['begin', 'near', ...ANSWER]) $(part).hidden = true;
  try {
    const { report, ...answer } = await getJson('/why', { ...asked, format: 'json', report: 1 });
    if (mine !== state.asked) return; /* asked something else meanwhile */
    await showReport(report);
    say(answer.headline || answer.outcome || '', false); /* the report begins with it */
    showQuestion(answer.question, Boolean(asked.metric));
    showNear(answer.gap);
    showForms(asked);
    await showReviews(answer);
  } catch (error) {
    if (mine === state.asked) say(failed(error), true);
  }
}

function askAgain(event, question) {
  event.preventDefault();
  location.hash = address('ask', { q: question });
  if (location.hash !== state.hash) return;
  scrollTo(0, 0);
  route();
}

/* Completion is a help, not a need. */
async function suggest() {
  const typed = $('words').value;
  if (typed.length < 2 || /\d/.test(typed)) return;
  const found = await getJson('/suggest', { q: typed, limit: 8 }).catch(() => []);
  $('metrics').replaceChildren(...found.map(m => element('option', { value: m.label + ' in ' })));
}

$('question').addEventListener('submit', event => askAgain(event, $('words').value));
$('again').addEventListener('submit', event => askAgain(event, $('form').value));
$('words').addEventListener('input', suggest);
/* What is ticked counts, whatever the address had ticked. */
function choose() {
  if (!location.hash.includes('?')) return; /* nothing is asked yet */
  history.replaceState(history.state, '', location.hash.replace(/&(numbers|explain)=1/g, ''));
  route();
}

for (const choice of ['numbers', 'terms']) $(choice).addEventListener('change', choose);
