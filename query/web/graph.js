// SPDX-License-Identifier: Apache-2.0
// The graph of causal links, in columns from causes to effects, and the same in words.
'use strict';

const DRAWN = 40, SEARCHED = 1000;
const GRID = { width: 960, box: 230, gap: 110, row: 40, height: 28, top: 10 };

/* What was said for a link; what the figures say of one that a search found in them. */
const saidFor = l => address(l.believed ? 'claims' : 'links', { link: l.iri });
const aroundLink = node => address('graph', { node });

/* --- Where each node stands ----------------------------------------------------------------------------------- */

/* Column of each node: one more than the farthest of what leads to it, so that a chain is read from left to right;
 * a link that closes a circle counts for nothing. What nothing leads to stands next to what it leads to. */
function columnsOf(nodes, links) {
  const column = new Map(), open = new Set();
  const causes = node => links.filter(l => l.effect === node && l.cause !== node);
  const place = node => {
    if (column.has(node)) return column.get(node);
    if (open.has(node)) return -1;
    open.add(node);
    const before = causes(node).map(l => place(l.cause));
    open.delete(node);
    column.set(node, Math.max(-1, ...before) + 1);
    return column.get(node);
  };
  nodes.forEach(place);
  for (const node of nodes) {
    const after = links.filter(l => l.cause === node).map(l => column.get(l.effect)).filter(c => c > column.get(node));
    if (after.length && !causes(node).length) column.set(node, Math.min(...after) - 1);
  }
  return column;
}

/* The nodes of each column from top to bottom, near what they are linked with
 * (Sugiyama, Tagawa and Toda 1981: the mean place of the neighbours, to and fro). */
function rowsOf(nodes, links, column) {
  const layers = [], row = new Map();
  for (const node of nodes) (layers[column.get(node)] ??= []).push(node);
  const settle = layer => layer.forEach((node, i) => row.set(node, i - (layer.length - 1) / 2));
  const mean = node => {
    const near = links.filter(l => l.cause === node || l.effect === node);
    return near.reduce((sum, l) => sum + row.get(l.cause === node ? l.effect : l.cause), 0) / near.length;
  };
  layers.forEach(settle);
  for (let turn = 0; turn < 8; turn++)
    for (const layer of turn % 2 ? [...layers].reverse() : layers) {
      const at = new Map(layer.map(node => [node, mean(node)]));
      layer.sort((a, b) => at.get(a) - at.get(b));
      settle(layer);
    }
  return [layers, row];
}

/* --- The picture ---------------------------------------------------------------------------------------------- */

const arrowOf = l => (l.shared ? '↔' : '→');

function saysLink(l) {
  const said = [l.believed && `belief ${number(l.belief)}`,
    l.found && `found in the figures, stability ${number(l.stability)}, ${lagInWords(l.lag)}`,
    l.against && `against ${number(l.against)}`, l.constraint.toLowerCase(), l.unseen && saysUnseen(l.unseen)];
  return `${l.causeLabel} ${arrowOf(l)} ${l.effectLabel}: ${said.filter(Boolean).join(', ')}`;
}

/* The point of an arrow at [x, y], to the right or (-1) to the left. */
const pointAt = (x, y, way = 1) =>
  svg('path', { class: 'point', d: `M${x - 8 * way} ${y - 5} L${x} ${y} L${x - 8 * way} ${y + 5}` });

/* How strong is the width, what speaks against it a broken line; where an unseen common cause shows, a dashed one with a
 * point at both ends. */
function drawLink(l, [a, from], [b, to]) {
  const bend = b > a ? (b - a) / 2 : 60, against = l.against > l.belief || l.constraint === 'Forbidden';
  const itself = l.cause === l.effect, look = l.shared ? 'link shared' : against ? 'link against' : 'link';
  const d = itself ? `M${a} ${from - 6} C ${a + 40} ${from - 16}, ${a + 40} ${from + 16}, ${a} ${from + 6}` :
    `M${a} ${from} C ${a + bend} ${from}, ${b - bend} ${to}, ${b} ${to}`;
  const points = itself ? [] : l.shared ? [pointAt(a, from, -1), pointAt(b, to)] : [pointAt(b, to)];
  return svg('a', { href: saidFor(l), 'aria-label': saysLink(l) }, svg('title', {}, saysLink(l)),
    svg('path', { d, 'stroke-width': l.shared ? 2 : 1 + 4 * l.belief, class: look }), ...points);
}

/* The links between each two, which stand beside each other, and above all lines what a dashed one means. */
function drawPair(links, a, b) {
  const from = a.y - 4.5 * (links.length - 1), to = b.y - 4.5 * (links.length - 1);
  const lines = links.map((l, i) => drawLink(l, [a.x + GRID.box, from + 9 * i], [b.x, to + 9 * i]));
  const middle = [(a.x + GRID.box + b.x) / 2, (a.y + b.y) / 2 + 5, 'middle'];
  return [lines, links.some(l => l.shared) ? [svgText(...middle, '↔ unseen')] : []];
}

function drawNode(node, label, x, y) {
  const cut = label.length > 26 ? label.slice(0, 25) + '…' : label;
  return svg('a', { href: aroundLink(node), class: 'node', 'aria-label': label }, svg('title', {}, label),
    svg('rect', { x, y: y - GRID.height / 2, width: GRID.box, height: GRID.height, rx: 4 }),
    svgText(x + GRID.box / 2, y + 5, 'middle', cut));
}

/* A link opens what was said for it, a node what it hangs together with. */
function drawLinks(links, label) {
  const nodes = [...label.keys()], column = columnsOf(nodes, links), [layers, row] = rowsOf(nodes, links, column);
  const free = (GRID.width - layers.length * GRID.box) / Math.max(layers.length - 1, 1);
  const pitch = GRID.box + Math.max(GRID.gap, free), width = (layers.length - 1) * pitch + GRID.box + 50;
  const height = Math.max(...layers.map(l => l.length)) * GRID.row + 2 * GRID.top;
  const x = node => 10 + column.get(node) * pitch, y = node => height / 2 + row.get(node) * GRID.row;
  const says = `${links.length} causal links between ${nodes.length} things in ${layers.length} columns`;
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'links', role: 'group',
    'aria-label': says + '; the same in words below' });
  Object.assign(picture.style, { minWidth: `${.75 * width}px`, maxWidth: `${1.1 * width}px` });
  const place = node => ({ x: x(node), y: y(node) }), pairs = Map.groupBy(links, l => l.cause + ' ' + l.effect);
  const drawn = [...pairs.values()].map(pair => drawPair(pair, place(pair[0].cause), place(pair[0].effect)));
  picture.append(...drawn.flatMap(([lines]) => lines), ...drawn.flatMap(([, words]) => words));
  for (const node of nodes) picture.append(drawNode(node, label.get(node), x(node), y(node)));
  return picture;
}

function linkRow(l) {
  const figures = l.found ? `figures: stability ${number(l.stability)}, ${lagInWords(l.lag)}` : '';
  const knowledge = [l.constraint.toLowerCase(), figures, l.unseen && saysUnseen(l.unseen)].filter(Boolean).join(', ');
  return element('tr', {}, element('td', {}, link(saidFor(l), l.causeLabel)),
    element('td', {}, `${arrowOf(l)} ${l.effectLabel}`),
    element('td', { className: 'number' }, l.believed ? number(l.belief) : ''),
    element('td', { className: 'number' }, l.against ? number(l.against) : ''), element('td', {}, knowledge));
}

function linkTable(links) {
  const titles = ['cause', 'effect', 'belief for', 'belief against', 'knowledge, figures'];
  const head = titles.map(title => element('th', { scope: 'col' }, title));
  return element('table', {}, element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...links.map(linkRow)));
}

/* --- The view ------------------------------------------------------------------------------------------------- */

function linkOf(r) {
  const value = name => (r[name] ? Number(r[name].value) : 0);
  return { iri: r.link.value, cause: r.c.value, effect: r.e.value, causeLabel: r.cause.value, effectLabel: r.effect.value,
    believed: Boolean(r.b), found: Boolean(r.s), belief: r.b ? value('b') : value('s'), stability: value('s'),
    lag: r.lag ? r.lag.value : '', against: value('against'), constraint: r.k ? r.k.value.replace(/^.*#/, '') : '',
    unseen: r.unseen ? r.unseen.value : '', shared: Boolean(r.unseen) && r.unseen.value === 'shown' };
}

/* Beyond `most` one, which tells that there are more. */
async function findLinks(least, words, most) {
  const named_ = words ? `FILTER(CONTAINS(LCASE(CONCAT(?cause, " ", ?effect)), ${JSON.stringify(words)}))` : '';
  const rows = await select(`SELECT ?link ?c ?e ?cause ?effect ?b ?against ?k ?s ?lag ?unseen WHERE {
    ?link a propter:CausalLink ; propter:cause ?c ; propter:effect ?e .
    OPTIONAL { ?link propter:beliefFor ?b } OPTIONAL { ?link propter:beliefAgainst ?against }
    OPTIONAL { ?link propter:constraint ?k } OPTIONAL { ?link propter:stability ?s ; propter:lag ?lag }
    ${UNSEEN_OF} ${named('?c', '?cause')} ${named('?e', '?effect')}
    BIND(COALESCE(?b, ?s, 0) AS ?belief) FILTER(?belief >= ${least}) ${named_} }
    ORDER BY DESC(?belief) ?cause ?effect LIMIT ${most + 1}`);
  return rows.map(linkOf);
}

/* All that leads to a node and all that it leads to; what only shares an unseen cause with it is shown, and not followed. */
function around(links, node) {
  const reach = (from, to) => {
    const met = new Set([node]);
    for (let size = 0; size !== met.size;) {
      size = met.size;
      for (const l of links) if (!l.shared && met.has(l[from])) met.add(l[to]);
    }
    return met;
  };
  const before = reach('effect', 'cause'), after = reach('cause', 'effect');
  const both = (met, l) => met.has(l.cause) && met.has(l.effect);
  const beside = l => l.shared && (l.cause === node || l.effect === node);
  return links.filter(l => both(before, l) || both(after, l) || beside(l));
}

function graphNote(links, node, label, more) {
  return element('p', { className: 'note' },
    node ? `What leads to ${label.get(node) || 'it'}, and what it leads to: ` : '',
    `${links.length} links${more ? ', the strongest; more with a higher belief or a name' : ''}. `,
    'A broken line: more speaks against it than for it, or knowledge excludes it. ',
    links.some(l => l.shared) ? `A dashed line ↔: ${UNSEEN.shown}. ` : '',
    'A link opens what is said for it, a name what it hangs together with. ',
    node ? link('#graph', 'All links') : '');
}

async function graphPicture(node) {
  const most = node ? SEARCHED : DRAWN;
  const found = await findLinks(Number($('belief').value), $('node').value.trim().toLowerCase(), most);
  const shown = found.slice(0, most), links = (node ? around(shown, node) : shown).slice(0, DRAWN);
  const label = new Map(links.flatMap(l => [[l.cause, l.causeLabel], [l.effect, l.effectLabel]]));
  const more = found.length > most || (node && links.length === DRAWN);
  return [links.length ? drawLinks(links, label) : 'No link of that belief.', graphNote(links, node, label, more),
    element('details', {}, element('summary', {}, 'The same in words'), linkTable(links))];
}

async function showGraph() {
  const node = new URLSearchParams(location.hash.split('?')[1] || '').get('node');
  $('belief-shown').textContent = number(Number($('belief').value));
  $('graph-picture').replaceChildren(...await graphPicture(node).catch(error => [failed(error)]));
}

$('graph-filter').addEventListener('submit', event => { event.preventDefault(); showGraph(); });
$('belief').addEventListener('input', showGraph);
