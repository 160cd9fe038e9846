// SPDX-License-Identifier: Apache-2.0
// The lists of the page: a title, what it shows, a query, and what a row opens. Each pattern of a query binds the columns it shows; `open` names the
// column that leads to an answer; `first`: for each column the patterns that bind what sorts by it as ?by, and `match`: those that find the rows with a text, so that of very many rows only those of a page (by `key`) are looked up;
// `as`: how a column is shown if not as it is; `tips`: what the pointer is told about a cell; `legend`: what words in it mean; `path`: not a query, but what the server lists there. A list is added by a row here.
'use strict';
const PREFIXES = `PREFIX propter: <https://w3id.org/propter#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
`;
// The last part of a name in words: propter:TextOnly is "text only".
const words = name => `LCASE(REPLACE(STRAFTER(STR(${name}), "#"), "([a-z])([A-Z])", "$1 $2"))`;
// Of labels in several languages one: in English, else the first by its letters, as answers choose (label_of in engine/infer/metric.c).
const inTurn = label => `CONCAT(IF(LANGMATCHES(LANG(${label}), "en"), "0", "1"), STR(${label}))`;
const called = (name, label, property = 'skos:prefLabel') => `${name} ${property} ${label} FILTER NOT EXISTS { ${name} ${property} ${label}_ FILTER(${inTurn(label + '_')} < ${inTurn(label)}) }`;
// What it is called (a document's event has an rdfs:label), else what its kind is called, else its address.
const named = (name, label) => ['skos:prefLabel', 'rdfs:label', 'propter:concept/skos:prefLabel'].map((property, i) => `OPTIONAL { ${called(name, label + i, property)} }`).join(' ') +
  ` BIND(COALESCE(${label}0, ${label}1, ${label}2, STR(${name})) AS ${label})`;
const metricsByName = `{ SELECT ?m_ ?by { ?m_ a propter:Metric . ${called('?m_', '?by')} } }`;
// As engine/infer/likely.def has it (tests/cli/serve.sh compares them); the number stands in the tip of the cell.
const LIKELY = [[.99, 'almost certain'], [.90, 'very likely'], [.66, 'likely'], [.33, 'possible'], [.10, 'unlikely'], [0, 'very unlikely']];
const likely = p => LIKELY.find(([from]) => Number(p) >= from)?.[1] ?? p;
// What a grade stands for (engine/infer): how likely a cause is, and what that rests on, are two things.
const GRADES = { both: 'a text and a test of the data, each enough by itself', 'data only': 'a test of the data', 'text only': 'texts; no test of the data that could have failed',
  'not separable': 'texts; the data cannot tell it from another cause', contradicted: 'texts, against which the data speak', unsupported: 'neither the texts nor a test of the data is enough by itself' };
const short = n => inDigits(Number(n), 4);
const withUnit = (n, row) => short(n) + (row.unit ? ' ' + row.unit.value : '');

/* Each source is a graph; a document says its title, a table is known by the file of one of its rows. */
async function sources(offset) {
  const rows = await bound(`SELECT ?source ?quads ?document ?title ?date ?format ?row ?file WHERE {
    { SELECT ?source (COUNT(*) AS ?quads) WHERE { GRAPH ?source { ?s ?p ?o } } GROUP BY ?source ORDER BY DESC(?quads) ?source LIMIT ${PAGE + 1} OFFSET ${offset} }
    OPTIONAL { GRAPH ?source { ?document a propter:Document OPTIONAL { ?document <http://purl.org/dc/terms/title> ?title } OPTIONAL { ?document propter:published ?date } OPTIONAL { ?document propter:format ?format } } }
  } ORDER BY DESC(?quads) ?source`);
  return Promise.all(rows.map(async row => {
    const iri = row.source.value, last = decodeURIComponent(iri.replace(/[#/]$/, '').replace(/^.*\//, '')), is = (title, kind, href) => ({ ...row, title: { value: title }, kind: { value: kind }, href: { value: href } });
    if (row.document) return is(row.title ? row.title.value : last, 'document' + (row.format ? ', ' + row.format.value : ''), '/#claims?' + new URLSearchParams({ document: row.document.value }));
    if (iri.includes('/id/review/')) return is('a verdict', 'verdict', '/#hypotheses');
    if (iri === 'https://w3id.org/propter#current') return is('what propter infer concludes', 'conclusions', '/#hypotheses');
    const [cell] = await bound(`SELECT ?row ?file WHERE { GRAPH <${iri}> { ?row propter:sourceFile ?file ; propter:sourceRow ?n } } LIMIT 1`);
    if (cell) return is(cell.file.value.replace(/^.*\//, ''), 'table', '/#source?' + new URLSearchParams({ iri: cell.row.value }));
    return is(last, 'statements', '/#query?' + new URLSearchParams({ q: `SELECT ?s ?p ?o WHERE { GRAPH <${iri}> { ?s ?p ?o } } LIMIT 100` }));
  }));
}
/* Those of the run that was chosen, else of the newest that left any out. */
async function rejects(offset) {
  const run = new URLSearchParams(state.rest || '').get('run') ?? JSON.parse(await get('/runs', 'application/json')).find(r => r.rejected)?.run;
  return run ? (await plainRows('/rejects?' + new URLSearchParams({ run }), offset)).map(row => ({ ...row, run: { value: run } })) : [];
}
const LISTS = {
  patterns: {
    title: 'Patterns', about: 'What moved, the strongest first. A row opens the answer to why. The filter looks at metric, kind, first day and outcome.', order: 'DESC(ABS(?score))',
    columns: { metric: 'metric', kind: 'kind', from: 'from', to: 'to', observed: 'observed', expected: 'expected', score: 'standard errors', outcome: 'outcome' },
    where: `?pattern a propter:Pattern ; propter:metric ?m ; propter:patternKind ?k ; propter:start ?from ; propter:end ?to ; propter:observed ?observed ; propter:expected ?expected ;
  propter:score ?score . ${called('?m', '?metric')} OPTIONAL { ?m propter:unitLabel ?unit } OPTIONAL { ?pattern propter:outcome ?o } BIND(${words("?k")} AS ?kind) BIND(${words("?o")} AS ?outcome)`,
    open: row => `/#ask?metric=${encodeURIComponent(row.m.value)}&from=${row.from.value}&to=${row.to.value}`, extra: '?pattern ?m ?unit', as: { observed: withUnit, expected: withUnit, score: short }, key: 'pattern',
    first: {
      ...Object.fromEntries(Object.entries({ from: 'start', to: 'end', observed: 'observed', expected: 'expected', score: 'score', kind: 'patternKind', outcome: 'outcome' }).map(([column, property]) =>
        [column, `?pattern a propter:Pattern ; propter:${property} ?by .`])),
      metric: `${metricsByName} ?pattern propter:metric ?m_ ; a propter:Pattern .`,
    },
    match: text => `{ ?m_ a propter:Metric ; skos:prefLabel ?t_ FILTER(CONTAINS(LCASE(STR(?t_)), ${text})) ?pattern propter:metric ?m_ ; a propter:Pattern }
      UNION { ?pattern a propter:Pattern ; propter:start ?t_ FILTER(STRSTARTS(STR(?t_), ${text})) }
      UNION { { SELECT DISTINCT ?k_ { ?p_ propter:patternKind ?k_ } } FILTER(CONTAINS(${words('?k_')}, ${text})) ?pattern propter:patternKind ?k_ }
      UNION { { SELECT DISTINCT ?o_ { ?p_ a propter:Pattern ; propter:outcome ?o_ } } FILTER(CONTAINS(${words('?o_')}, ${text})) ?pattern propter:outcome ?o_ }`,
  },
  hypotheses: {
    title: 'Hypotheses', order: 'DESC(?probability)', as: { probability: likely }, tips: { grade: g => GRADES[g] ?? '' },
    columns: { metric: 'metric', from: 'from', to: 'to', cause: 'cause', probability: 'likely?', grade: 'grade' },
    where: `?h propter:probability ?probability ; propter:pattern ?pattern ; propter:cause ?c ; propter:grade ?g .
  ?pattern propter:metric ?m ; propter:start ?from ; propter:end ?to . ${called('?m', '?metric')} ${named('?c', '?cause')} BIND(${words('?g')} AS ?grade)`,
    open: row => `/#ask?metric=${encodeURIComponent(row.m.value)}&from=${row.from.value}&to=${row.to.value}`, extra: '?m ?h', key: 'h', first: {
      probability: '?h a propter:Hypothesis ; propter:probability ?by .', metric: `${metricsByName} ?h a propter:Hypothesis ; propter:pattern/propter:metric ?m_ .`,
      from: '?h a propter:Hypothesis ; propter:pattern/propter:start ?by .', to: '?h a propter:Hypothesis ; propter:pattern/propter:end ?by .',
      grade: '?h a propter:Hypothesis ; propter:grade ?by .', /* the names sort as their words do */
      cause: `{ SELECT ?c_ ?by { { SELECT DISTINCT ?c_ { ?h_ propter:cause ?c_ } } ${named('?c_', '?by')} } } ?h propter:cause ?c_ ; a propter:Hypothesis .`,
    },
    match: text => `{ ?m_ a propter:Metric ; skos:prefLabel ?t_ FILTER(CONTAINS(LCASE(STR(?t_)), ${text})) ?p_ propter:metric ?m_ . ?h propter:pattern ?p_ }
      UNION { { ?c_ skos:prefLabel ?t_ } UNION { ?c_ rdfs:label ?t_ } UNION { ?c_ propter:concept/skos:prefLabel ?t_ } FILTER(CONTAINS(LCASE(STR(?t_)), ${text})) ?h propter:cause ?c_ } UNION { ?p_ propter:start ?t_ FILTER(STRSTARTS(STR(?t_), ${text})) ?h propter:pattern ?p_ }
      UNION { VALUES ?g_ { propter:Both propter:DataOnly propter:TextOnly propter:NotSeparable propter:Contradicted propter:Unsupported } FILTER(CONTAINS(${words('?g_')}, ${text})) ?h propter:grade ?g_ }`,
    about: 'Which cause for which pattern, the likeliest first. The filter looks at metric, cause, first day and grade.', legend: ['What a likelihood rests on: the grades', GRADES], review: row => [row.h.value, `${row.cause.value} for ${row.metric.value}`, `${likely(row.probability.value)}, grade ${row.grade ? row.grade.value : ''}`],
  },
  claims: {
    title: 'Claims', given: { link: iri => `<${iri}> propter:basedOn ?claim .`, document: iri => `?claim propter:document <${iri}> .` },
    about: 'What documents say causes what, in their own words.', order: '?document ?start',
    open: row => '/#source?' + new URLSearchParams({ iri: row.claim.value }), extra: '?claim',
    columns: { quote: 'words', causeText: 'cause', effectText: 'effect', polarity: 'direction', document: 'document', section: 'section' },
    where: `?claim a propter:Claim ; propter:quote ?quote ; propter:document ?d . OPTIONAL { ?claim propter:causeText ?causeText } OPTIONAL { ?claim propter:effectText ?effectText }
  OPTIONAL { ?claim propter:polarity ?p } OPTIONAL { ?claim propter:section ?section } OPTIONAL { ?claim propter:charStart ?start }
  BIND(STRAFTER(STR(?p), "#") AS ?polarity) BIND(REPLACE(STR(?d), "^.*/", "") AS ?document)`,
  },
  links: {
    title: 'Causal links', about: 'What kind of thing causes what, with belief for and against.', order: 'DESC(?for)',
    columns: { cause: 'cause', effect: 'effect', for: 'belief for', against: 'belief against', constraint: 'knowledge', stability: 'stability in figures', lag: 'lag' },
    where: `?link a propter:CausalLink ; propter:cause ?c ; propter:effect ?e . OPTIONAL { ?link propter:beliefFor ?for } OPTIONAL { ?link propter:beliefAgainst ?against }
  OPTIONAL { ?link propter:constraint ?k } OPTIONAL { ?link propter:stability ?stability ; propter:lag ?lag } ${named('?c', '?cause')} ${named('?e', '?effect')}
  BIND(STRAFTER(STR(?k), "#") AS ?constraint)`,
  },
  sources: {
    title: 'Sources', about: 'What the graph is made of, the largest first. A row opens the sentences taken from a document, the row in its file, or the statements.', rows: sources,
    columns: { title: 'title', kind: 'kind', date: 'published', quads: 'statements' }, open: row => row.href.value,
  },
  runs: {
    title: 'Runs', about: 'What was loaded, ingested, read and inferred, the newest first.', path: '/runs',
    columns: { run: 'run', kind: 'kind', started: 'started', read: 'rows read', rejected: 'rejected', added: 'added', removed: 'removed' },
    open: row => '/#rejects?' + new URLSearchParams({ run: row.run.value }),
  },
  rejects: {
    title: 'Rejects', about: 'Rows and documents that a run left out, with the reason; without a choice in the list of runs, those of the newest that left any out.', rows: rejects,
    columns: { run: 'run', file: 'file', row: 'row', column: 'column', value: 'value', rule: 'rule', reason: 'reason' },
  },
};
