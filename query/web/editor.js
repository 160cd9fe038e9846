// SPDX-License-Identifier: Apache-2.0
// Completion in the SPARQL editor: words of the language, variables of the query, predicates and classes in use.
'use strict';

const WORDS = ('SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH SERVICE BIND VALUES GROUP BY HAVING ORDER BY DESC ' +
  'ASC LIMIT OFFSET CONSTRUCT ASK DESCRIBE PREFIX COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT COALESCE CONTAINS LCASE ' +
  'STRSTARTS STRAFTER REGEX EXISTS BOUND WHY DURING COMPARED DEPTH DESPITE SUSPECT').split(' ');
const OFFERED = 12;
const completion = { list: $('completions'), from: 0, at: -1 };

/* --- What can be written there -------------------------------------------------------------------------------- */

/* What stands before the caret and can be completed: a word, a variable, a prefixed name or an IRI that is not closed. */
function typedWord() {
  const text = $('text'), before = text.value.slice(0, text.selectionStart);
  const word = /(<[^<>\s"]*|[?$]\w*|[A-Za-z][\w-]*:[\w-]*|[A-Za-z]\w*)$/.exec(before);
  return word && text.selectionStart === text.selectionEnd ? word[0] : '';
}

/* An IRI as the query may write it: by one of its own prefixes where the rest is a plain name. */
function shortName(iri) {
  for (const [, prefix, space] of $('text').value.matchAll(/PREFIX\s+([\w-]*:)\s*<([^>]*)>/gi))
    if (iri.startsWith(space) && /^[A-Za-z_][\w-]*$/.test(iri.slice(space.length))) return prefix + iri.slice(space.length);
  return `<${iri}>`;
}

const begins = (name, typed) => name.toLowerCase().startsWith(typed.toLowerCase());

function variables(typed) {
  const all = new Set($('text').value.match(/[?$]\w+/g));
  return [...all].filter(v => v !== typed && begins(v, typed)).map(v => [v, 'variable']);
}

function keywords(typed) {
  if (!/^[a-z]+$/i.test(typed)) return [];
  return WORDS.filter(w => begins(w, typed) && w.length !== typed.length).map(w => [w, 'keyword']);
}

async function inUse(kind, typed) {
  const end = typed.toLowerCase().replace(/^<|^[\w-]*:/, '').replace(/^.*[#/]/, '');
  const found = await getJson('/suggest', { kind, q: end, limit: 100 });
  const names = found.sort((a, b) => b.count - a.count).map(s => ({ ...s, name: shortName(s.iri) }));
  const fits = s => !/[:<]/.test(typed) || begins(s.name, typed) || begins('<' + s.iri, typed);
  return names.filter(fits).map(s => [s.name, `${kind}, ${s.count} times`]);
}

async function candidates(typed) {
  if (/^[?$]/.test(typed)) return variables(typed);
  const found = [...keywords(typed), ...await inUse('predicate', typed), ...await inUse('class', typed)];
  return found.slice(0, OFFERED);
}

/* --- The list below the query --------------------------------------------------------------------------------- */

function closeCompletions() {
  completion.list.hidden = true;
  completion.at = -1;
  $('text').setAttribute('aria-expanded', 'false');
  $('text').removeAttribute('aria-activedescendant');
}

function choose(at) {
  completion.at = at;
  [...completion.list.children].forEach((item, i) => item.setAttribute('aria-selected', String(i === at)));
  if (at < 0) return;
  $('text').setAttribute('aria-activedescendant', 'completion-' + at);
  completion.list.children[at].scrollIntoView({ block: 'nearest' });
}

function accept(name) {
  $('text').setRangeText(name + ' ', completion.from, $('text').selectionStart, 'end');
  closeCompletions();
  $('text').focus();
}

function completionItem([name, what], i) {
  const onmousedown = event => { event.preventDefault(); accept(name); };
  return element('li', { role: 'option', id: 'completion-' + i, onmousedown },
    element('span', {}, name), element('span', { className: 'note' }, ' ' + what));
}

/* A help, not a need. */
async function complete(asked) {
  const word = typedWord();
  if (word.length < (asked ? 0 : 2)) return closeCompletions();
  const found = await candidates(word).catch(() => []);
  if (word !== typedWord()) return; /* typed on meanwhile */
  completion.from = $('text').selectionStart - word.length;
  completion.list.replaceChildren(...found.map(completionItem));
  completion.list.hidden = !found.length;
  $('text').setAttribute('aria-expanded', String(found.length > 0));
  choose(asked && found.length ? 0 : -1);
}

/* What a key does in the editor, or nothing. */
function keyAction({ key, ctrlKey, metaKey }) {
  const { list, at } = completion, count = list.children.length;
  if (key === ' ' && ctrlKey) return () => complete(true);
  if (key === 'Enter' && (ctrlKey || metaKey)) return () => $('sparql').requestSubmit();
  if (list.hidden) return null;
  if (key === 'Escape') return closeCompletions;
  if (key === 'ArrowDown') return () => choose((at + 1) % count);
  if (key === 'ArrowUp') return () => choose((at + count - 1) % count);
  if (at >= 0 && (key === 'Enter' || key === 'Tab')) return () => accept(list.children[at].firstChild.textContent);
  return null;
}

$('text').addEventListener('input', () => complete(false));
$('text').addEventListener('blur', closeCompletions);
$('text').addEventListener('keydown', event => {
  const action = keyAction(event);
  if (!action) return;
  event.preventDefault();
  action();
});
