// SPDX-License-Identifier: Apache-2.0
// The lists of the page as data; a list is added by a row here. Each has a title and `about`, what it shows, and
//   columns  name and title of each; `as`: how one is shown if not as it is; `tips`: what the pointer is told about a cell
//   where    patterns of a query that bind the columns and those of `extra`; `order`, if no column was chosen
//   key      what a row is of; `first`: for each column the patterns that bind what sorts by it as ?by, and `match`: those
//            that find the rows with a text, so that of very many rows only those of a page are looked up
//   given    patterns for what the address asks it to be about
//   rows, path   instead of a query: a function of the offset, or what the server lists there
//   open     what a row opens; `review`: what a verdict on it is about; `legend`: what words in it mean
'use strict';

const PREFIXES = `PREFIX propter: <https://w3id.org/propter#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
`;

/* --- Names, in SPARQL ----------------------------------------------------------------------------------------- */

// The last part of a name in words: propter:TextOnly is "text only".
const words = name => `LCASE(REPLACE(STRAFTER(STR(${name}), "#"), "([a-z])([A-Z])", "$1 $2"))`;

// Of labels in several languages one: in English, else the first by its letters, as answers choose
// (label_of in engine/infer/metric.c).
const inTurn = label => `CONCAT(IF(LANGMATCHES(LANG(${label}), "en"), "0", "1"), STR(${label}))`;
const called = (name, label, property = 'skos:prefLabel') =>
  `${name} ${property} ${label} FILTER NOT EXISTS { ${name} ${property} ${label}_
    FILTER(${inTurn(label + '_')} < ${inTurn(label)}) }`;

// What it is called (a document's event has an rdfs:label), else what its kind is called, else its address.
const NAMED_BY = ['skos:prefLabel', 'rdfs:label', 'propter:concept/skos:prefLabel'];
const named = (name, label) =>
  NAMED_BY.map((property, i) => `OPTIONAL { ${called(name, label + i, property)} }`).join(' ') +
  ` BIND(COALESCE(${label}0, ${label}1, ${label}2, STR(${name})) AS ${label})`;

const metricsByName = `{ SELECT ?m_ ?by { ?m_ a propter:Metric . ${called('?m_', '?by')} } }`;
const contains = (value, text) => `FILTER(CONTAINS(LCASE(STR(${value})), ${text}))`;
const metricsWith = text => `?m_ a propter:Metric ; skos:prefLabel ?t_ ${contains('?t_', text)}`;

/* --- Values in words ------------------------------------------------------------------------------------------ */

// As engine/infer/likely.def has it (tests/cli/serve.sh compares them); the number stands in the tip of the cell.
const LIKELY = [[.99, 'almost certain'], [.90, 'very likely'], [.66, 'likely'],
  [.33, 'possible'], [.10, 'unlikely'], [0, 'very unlikely']];
const likely = p => LIKELY.find(([from]) => Number(p) >= from)?.[1] ?? p;

// What a grade stands for (engine/infer): how likely a cause is, and what that rests on, are two things.
const GRADES = {
  both: 'a text and a test of the data, each enough by itself',
  'data only': 'a test of the data',
  'text only': 'texts; no test of the data that could have failed',
  'not separable': 'texts; the data cannot tell it from another cause',
  contradicted: 'texts, against which the data speak',
  unsupported: 'neither the texts nor a test of the data is enough by itself',
};

const short = n => number(Number(n));
const withUnit = (n, row) => short(n) + (row.unit ? ' ' + row.unit.value : '');
const openWindow = row => whyAddress(row.m.value, row.from.value, row.to.value);

// What the figures say of a common cause that nobody has measured (propter:unseenCause, as propter links has it).
const UNSEEN = {
  'ruled out': 'what comes before the cause acts on the effect through it alone',
  open: 'the figures do not tell whether something unseen moves both',
  shown: 'something that nobody has measured moves both; that one acts on the other does not show',
};
const UNSEEN_OF = `OPTIONAL { ?link propter:unseenCause ?u BIND(STRAFTER(${words('?u')}, "unseen ") AS ?unseen) }`;
const saysUnseen = word => 'an unseen common cause ' +
  ({ shown: 'of both shows', open: 'is not ruled out', 'ruled out': 'is ruled out' }[word] ?? word);

/* "2 days later" of P2D. */
function lagInWords(lag) {
  const [, n, unit] = /^P(\d+)([DMY])/.exec(lag) || [], name = { D: 'day', M: 'month', Y: 'year' }[unit];
  return !name ? lag : n === '0' ? 'at the same time' : `${n} ${name}${n === '1' ? '' : 's'} later`;
}

/* --- Lists that are no one query ------------------------------------------------------------------------------ */

const largestSources = offset => select(`SELECT ?source ?quads ?document ?title ?date ?format ?row ?file WHERE {
  { SELECT ?source (COUNT(*) AS ?quads) WHERE { GRAPH ?source { ?s ?p ?o } }
    GROUP BY ?source ORDER BY DESC(?quads) ?source LIMIT ${PAGE + 1} OFFSET ${offset} }
  OPTIONAL { GRAPH ?source { ?document a propter:Document OPTIONAL { ?document <http://purl.org/dc/terms/title> ?title }
    OPTIONAL { ?document propter:published ?date } OPTIONAL { ?document propter:format ?format } } }
} ORDER BY DESC(?quads) ?source`);

/* [title, kind, what it opens] of a source: each is a graph; a document says its title, a table is known by the file of
 * one of its rows. */
async function sourceNamed(row) {
  const iri = row.source.value, last = decodeURIComponent(iri.replace(/[#/]$/, '').replace(/^.*\//, ''));
  if (row.document) {
    const kind = 'document' + (row.format ? ', ' + row.format.value : '');
    return [row.title ? row.title.value : last, kind, address('claims', { document: row.document.value })];
  }
  if (iri.includes('/id/links/')) return ['links found in the figures', 'conclusions', '#links'];
  if (iri.includes('/id/review/')) return ['a verdict', 'verdict', '#hypotheses'];
  if (iri === 'https://w3id.org/propter#current') return ['what propter infer concludes', 'conclusions', '#hypotheses'];
  const [found] = await select(`SELECT ?row ?file WHERE {
    GRAPH <${iri}> { ?row propter:sourceFile ?file ; propter:sourceRow ?n } } LIMIT 1`);
  if (found) return [found.file.value.replace(/^.*\//, ''), 'table', address('source', { iri: found.row.value })];
  const statements = `SELECT ?s ?p ?o WHERE { GRAPH <${iri}> { ?s ?p ?o } } LIMIT 100`;
  return [last, 'statements', address('query', { q: statements })];
}

async function sources(offset) {
  return Promise.all((await largestSources(offset)).map(async row => {
    const [title, kind, href] = await sourceNamed(row);
    return { ...row, title: { value: title }, kind: { value: kind }, href: { value: href } };
  }));
}

/* What waits for a verdict of the reviewer, whose name this tab keeps. */
async function waiting(offset) {
  if (!sessionStorage.getItem('reviewer') &&
    !await askFor('reviewer', 'Reviewer', 'Who reviews? A name', { autocomplete: 'name' })) return [];
  const queue = sessionStorage.getItem('reviewer'), found = await getJson('/review', { queue, limit: offset + PAGE + 1 });
  return found.waiting.slice(offset).map(w => Object.fromEntries(Object.entries(w).map(([k, v]) => [k, termOf(v)])));
}

/* Those of the run that was chosen, else of the newest that left any out. */
async function rejects(offset) {
  const chosen = new URLSearchParams(state.rest || '').get('run');
  const run = chosen ?? (await getJson('/runs')).find(r => r.rejected)?.run;
  if (!run) return [];
  const rows = await plainRows('/rejects?' + new URLSearchParams({ run }), offset);
  return rows.map(row => ({ ...row, run: { value: run } }));
}

/* --- The lists ------------------------------------------------------------------------------------------------ */

const patternsBy = property => `?pattern a propter:Pattern ; propter:${property} ?by .`;

const LISTS = {
  patterns: {
    title: 'Patterns',
    about: 'What moved, the strongest first. A row opens the answer to why. The filter looks at metric, kind, first day ' +
      'and outcome.',
    columns: { metric: 'metric', kind: 'kind', from: 'from', to: 'to', observed: 'observed', expected: 'expected',
      score: 'sigma', outcome: 'outcome' },
    as: { observed: withUnit, expected: withUnit, score: short },
    where: `?pattern a propter:Pattern ; propter:metric ?m ; propter:patternKind ?k ; propter:start ?from ;
      propter:end ?to ; propter:observed ?observed ; propter:expected ?expected ; propter:score ?score .
      ${called('?m', '?metric')} OPTIONAL { ?m propter:unitLabel ?unit } OPTIONAL { ?pattern propter:outcome ?o }
      BIND(${words('?k')} AS ?kind) BIND(${words('?o')} AS ?outcome)`,
    extra: '?pattern ?m ?unit',
    order: 'DESC(ABS(?score))',
    key: 'pattern',
    first: {
      metric: `${metricsByName} ?pattern propter:metric ?m_ ; a propter:Pattern .`,
      kind: patternsBy('patternKind'), from: patternsBy('start'), to: patternsBy('end'), observed: patternsBy('observed'),
      expected: patternsBy('expected'), score: patternsBy('score'), outcome: patternsBy('outcome'),
    },
    match: text => `{ ${metricsWith(text)} ?pattern propter:metric ?m_ ; a propter:Pattern }
      UNION { ?pattern a propter:Pattern ; propter:start ?t_ FILTER(STRSTARTS(STR(?t_), ${text})) }
      UNION { { SELECT DISTINCT ?k_ { ?p_ propter:patternKind ?k_ } } FILTER(CONTAINS(${words('?k_')}, ${text}))
        ?pattern propter:patternKind ?k_ }
      UNION { { SELECT DISTINCT ?o_ { ?p_ a propter:Pattern ; propter:outcome ?o_ } }
        FILTER(CONTAINS(${words('?o_')}, ${text})) ?pattern propter:outcome ?o_ }`,
    open: openWindow,
  },
  hypotheses: {
    title: 'Hypotheses',
    about: 'Which cause for which pattern, the likeliest first. The filter looks at metric, cause, first day and grade.',
    columns: { metric: 'metric', from: 'from', to: 'to', cause: 'cause', probability: 'likely?', grade: 'grade' },
    as: { probability: likely },
    tips: { grade: g => GRADES[g] ?? '' },
    where: `?h propter:probability ?probability ; propter:pattern ?pattern ; propter:cause ?c ; propter:grade ?g .
      ?pattern propter:metric ?m ; propter:start ?from ; propter:end ?to .
      ${called('?m', '?metric')} ${named('?c', '?cause')} BIND(${words('?g')} AS ?grade)`,
    extra: '?m ?h',
    order: 'DESC(?probability)',
    key: 'h',
    first: {
      metric: `${metricsByName} ?h a propter:Hypothesis ; propter:pattern/propter:metric ?m_ .`,
      from: '?h a propter:Hypothesis ; propter:pattern/propter:start ?by .',
      to: '?h a propter:Hypothesis ; propter:pattern/propter:end ?by .',
      cause: `{ SELECT ?c_ ?by { { SELECT DISTINCT ?c_ { ?h_ propter:cause ?c_ } } ${named('?c_', '?by')} } }
        ?h propter:cause ?c_ ; a propter:Hypothesis .`,
      probability: '?h a propter:Hypothesis ; propter:probability ?by .',
      grade: '?h a propter:Hypothesis ; propter:grade ?by .', /* the names sort as their words do */
    },
    match: text => `{ ${metricsWith(text)} ?p_ propter:metric ?m_ . ?h propter:pattern ?p_ }
      UNION { { ?c_ skos:prefLabel ?t_ } UNION { ?c_ rdfs:label ?t_ } UNION { ?c_ propter:concept/skos:prefLabel ?t_ }
        ${contains('?t_', text)} ?h propter:cause ?c_ }
      UNION { ?p_ propter:start ?t_ FILTER(STRSTARTS(STR(?t_), ${text})) ?h propter:pattern ?p_ }
      UNION { VALUES ?g_ { propter:Both propter:DataOnly propter:TextOnly propter:NotSeparable propter:Contradicted
        propter:Unsupported } FILTER(CONTAINS(${words('?g_')}, ${text})) ?h propter:grade ?g_ }`,
    open: openWindow,
    review: row => [row.h.value, `${row.cause.value} for ${row.metric.value}`,
      `${likely(row.probability.value)}, grade ${row.grade ? row.grade.value : ''}`],
    legend: ['What a likelihood rests on: the grades', GRADES],
  },
  waiting: {
    title: 'To judge',
    about: 'What waits for your verdict, given before you see how likely propter holds it: every tenth is drawn by chance, the ' +
      'others come by how much a verdict would tell. A row opens the sentences behind it.',
    columns: { causeLabel: 'cause', metricLabel: 'metric', first: 'from', last: 'to', reviews: 'verdicts of others' },
    rows: waiting,
    open: row => address('claims', { hypothesis: row.hypothesis.value }),
    review: row => [row.hypothesis.value, causeOf(row.causeLabel.value, row.metricLabel.value, row.first.value, row.last.value),
      'the sentences that speak for it', '', 'Judge', true],
  },
  claims: {
    title: 'Claims',
    about: 'What documents say causes what, in their own words.',
    columns: { quote: 'words', causeText: 'cause', effectText: 'effect', polarity: 'direction', document: 'document',
      section: 'section' },
    where: `?claim a propter:Claim ; propter:quote ?quote ; propter:document ?d .
      OPTIONAL { ?claim propter:causeText ?causeText } OPTIONAL { ?claim propter:effectText ?effectText }
      OPTIONAL { ?claim propter:polarity ?p } OPTIONAL { ?claim propter:section ?section }
      OPTIONAL { ?claim propter:charStart ?start }
      BIND(${words('?p')} AS ?polarity) BIND(REPLACE(STR(?d), "^.*/", "") AS ?document)`,
    extra: '?claim',
    order: '?document ?start',
    given: { link: iri => `<${iri}> propter:basedOn ?claim .`,
      hypothesis: iri => `<${iri}> propter:evidence/<http://www.w3.org/ns/prov#wasQuotedFrom> ?claim .`,
      document: iri => `?claim propter:document <${iri}> .` },
    open: row => address('source', { iri: row.claim.value }),
  },
  links: {
    title: 'Causal links',
    about: 'What kind of thing causes what, with belief for and against; and what propter links found in the figures. A row ' +
      'opens what was said for it.',
    columns: { cause: 'cause', effect: 'effect', for: 'belief for', against: 'belief against', constraint: 'knowledge',
      lag: 'lag', stability: 'stability in figures', unseen: 'unseen common cause',
      size: 'effect of one more' },
    as: { for: short, against: short, stability: short, lag: lagInWords, unseen: word => (word === 'shown' ? '↔ shown' : word),
      size: (said, row) => (row.low ? `${short(said)} (${short(row.low.value)} to ${short(row.high.value)})` : said) },
    tips: { unseen: word => UNSEEN[word] ?? '' },
    where: `?link a propter:CausalLink ; propter:cause ?c ; propter:effect ?e .
      OPTIONAL { ?link propter:beliefFor ?for } OPTIONAL { ?link propter:beliefAgainst ?against }
      OPTIONAL { ?link propter:constraint ?k } OPTIONAL { ?link propter:stability ?stability ; propter:lag ?lag }
      OPTIONAL { ?link propter:effectSize ?n ; propter:effectLow ?low ; propter:effectHigh ?high }
      OPTIONAL { ?link propter:adjustment ?how } BIND(COALESCE(?n, ?how) AS ?size) ${UNSEEN_OF}
      ${named('?c', '?cause')} ${named('?e', '?effect')} BIND(${words('?k')} AS ?constraint)`,
    extra: '?link ?low ?high',
    order: 'DESC(?for)',
    given: { link: iri => `VALUES ?link { <${iri}> }` },
    open: row => (row.for ? address('claims', { link: row.link.value }) : ''),
    legend: ['What the figures say of an unseen common cause', UNSEEN],
  },
  sources: {
    title: 'Sources',
    about: 'What the graph is made of, the largest first. A row opens the sentences taken from a document, the row in its ' +
      'file, or the statements.',
    columns: { title: 'title', kind: 'kind', date: 'published', quads: 'statements' },
    rows: sources,
    open: row => row.href.value,
  },
  runs: {
    title: 'Runs',
    about: 'What was loaded, ingested, read and inferred, the newest first. A run that rejected any opens them.',
    columns: { run: 'run', kind: 'kind', started: 'started', read: 'rows read', rejected: 'rejected', added: 'added',
      removed: 'removed' },
    path: '/runs',
    as: { started: time => time.replace('T', ' ').replace('Z', '') },
    open: row => (Number(row.rejected.value) ? address('rejects', { run: row.run.value }) : ''),
  },
  rejects: {
    title: 'Rejects',
    about: 'Rows and documents that a run left out, with the reason; without a choice in the list of runs, those of the ' +
      'newest that left any out.',
    columns: { run: 'run', file: 'file', row: 'row', column: 'column', value: 'value', rule: 'rule', reason: 'reason' },
    rows: rejects,
  },
};
