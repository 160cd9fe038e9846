// SPDX-License-Identifier: Apache-2.0
// The file behind a clause: a quote in its paragraph, a number in its table.
'use strict';

function sourceRow(found, { row, cells }) {
  const here = row === found.row;
  const columns = cells.map((text, i) =>
    element('td', { className: here && found.columns[i] === found.column ? 'here' : '' }, text));
  return element('tr', { className: here ? 'here' : '' },
    element('th', { scope: 'row' }, (here ? '▶ ' : '') + row), ...columns);
}

function sourceTable(found) {
  const head = ['row', ...found.columns].map(title => element('th', { scope: 'col' }, title));
  return element('table', {}, element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...found.rows.map(row => sourceRow(found, row))));
}

function sourceParagraph(found) {
  return element('blockquote', { className: 'words' }, found.cutBefore ? '… ' : '', found.before,
    element('mark', { id: 'here' }, found.words), found.after, found.cutAfter ? ' …' : '');
}

function sourcePlace(found) {
  const place = found.kind === 'row' ?
    [found.file, found.sheet && `sheet ${found.sheet}`, `row ${found.row}`, `column ${found.column}`] :
    [found.title, found.file, found.part, found.section, `characters ${found.charStart}–${found.charEnd}`,
      found.published && `published ${found.published}`];
  return place.filter(Boolean).join(found.kind === 'row' ? ', ' : ' · ');
}

/* Of a claim what was read in the words, and whether it was read right. */
async function sourceRead(claim, words) {
  const [read] = await select(`SELECT ?cause ?effect ?p ?denied WHERE { <${claim}> a propter:Claim ; propter:causeText ?cause ;
    propter:effectText ?effect . OPTIONAL { <${claim}> propter:polarity ?p } OPTIONAL { <${claim}> propter:negated ?denied } }`);
  if (!read) return [];
  const way = read.p ? `, ${read.p.value.replace(/^.*#/, '').toLowerCase()}` : '';
  const denied = read.denied?.value === 'true' ? ', denied' : '';
  const title = `“${read.cause.value}” → “${read.effect.value}”${way}${denied}`;
  return [element('p', {}, 'Read in it: ', element('b', {}, title)),
    element('p', {}, 'Does it say so?', ...verdictButtons(claim, title, words))];
}

async function showSource(iri) {
  $('source-place').textContent = 'Looking …';
  $('source-text').replaceChildren();
  try {
    const found = await getJson('/source', { iri });
    const all = found.document ? [' · ', link(address('claims', { document: found.document }), 'All that was read in it')] : [];
    $('source-place').replaceChildren(sourcePlace(found), ...all);
    if (found.problem) $('source-text').append(element('p', { className: 'error' }, `The file ${found.problem}.`));
    if (found.kind !== 'row') return $('source-text').append(sourceParagraph(found), ...await sourceRead(iri, found.words));
    if (found.rows.length) $('source-text').append(sourceTable(found));
    $('source-text').querySelector('td.here')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  } catch (error) {
    $('source-place').replaceChildren(failed(error));
  }
}

$('source-back').addEventListener('click', () => history.back());
