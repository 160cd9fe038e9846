// SPDX-License-Identifier: Apache-2.0
// Pictures that are drawn here: the chart of a metric with its patterns, in which a window can be dragged, and the graph of causal links.
'use strict';

function svg(name, attributes = {}, ...children) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
}
const bound = async query => (await sparql(PREFIXES + query)).results.bindings;
const number = n => n.toLocaleString('en', { maximumSignificantDigits: 4 });
const DAY = 864e5;
/* Round numbers from `low` to `high`, about `most`. */
function ticks(low, high, most = 5) {
  const rough = (high - low || Math.abs(low) || 1) / most, power = 10 ** Math.floor(Math.log10(rough)), step = power * [1, 2, 5, 10].find(k => k * power >= rough);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(k * step);
  return found;
}
/* First days of years, quarters, months, weeks or days, whichever are few enough: [time, text]. */
function dayTicks(first, last, most = 7) {
  const found = [], span = last - first, months = [1, 3, 6, 12, 24, 60, 120].find(k => span / (30.4 * DAY * k) <= most) || 240, name = day => day.toISOString();
  if (span > 80 * DAY)
    for (let at = new Date(first), m = months * Math.ceil((12 * at.getUTCFullYear() + at.getUTCMonth() + (at.getUTCDate() > 1)) / months); ; m += months) {
      const day = new Date(Date.UTC(Math.floor(m / 12), m % 12));
      if (day > last) break;
      found.push([day.getTime(), name(day).slice(0, months < 12 ? 7 : 4)]);
    }
  else
    for (let step = Math.max(1, Math.ceil(span / DAY / most)) * DAY, t = first; t <= last; t += step) found.push([t, name(new Date(t)).slice(0, 10)]);
  return found;
}
const whyLink = (metric, from, to) => '#ask?' + new URLSearchParams({ metric, from, to });

/* --- A metric ----------------------------------------------------------------------------------------------------------------- */

const DRAWN_PATTERNS = 30;
const CHART = { width: 960, height: 340, left: 100, right: 20, top: 40, bottom: 40 };

/* A term as SPARQL writes it. */
const written = ({ type, value, datatype, 'xml:lang': language }) => type === 'uri' ? `<${value}>` : JSON.stringify(value) + (language ? '@' + language : datatype ? `^^<${datatype}>` : '');

async function metricSeries(metric) {
  const [m] = await bound(`SELECT ?d ?v ?t ?unit ?a WHERE { <${metric}> propter:dataset ?d ; propter:measure ?v ; propter:timeDimension ?t .
    OPTIONAL { <${metric}> propter:unitLabel ?unit } OPTIONAL { <${metric}> propter:aggregation ?a } }`);
  if (!m || !m.d) return { points: [], unit: '' };
  const how = m.a && /#(Mean|Average)$/.test(m.a.value) ? 'AVG' : 'SUM';
  const fixed = (await bound(`SELECT ?d ?v WHERE { <${metric}> propter:fixed ?f . ?f propter:dimension ?d ; propter:member ?v }`)).map(f => ` ; <${f.d.value}> ${written(f.v)}`).join('');
  const rows = await bound(`SELECT ?time (${how}(?v) AS ?value) WHERE { ?o <http://purl.org/linked-data/cube#dataSet> <${m.d.value}> ; <${m.t.value}> ?time ; <${m.v.value}> ?v${fixed} }
    GROUP BY ?time ORDER BY ?time LIMIT 20000`);
  const points = rows.map(r => ({ day: r.time.value.slice(0, 10), value: Number(r.value.value) })).filter(p => Number.isFinite(p.value) && /^\d{4}-\d\d-\d\d$/.test(p.day));
  return { points, unit: m.unit ? m.unit.value : '' };
}

/* The last day of the period that a point stands for; a period is as long as the least distance of two points. */
function lastDay(points, i) {
  const days = Math.min(...points.slice(1).map((p, k) => (Date.parse(p.day) - Date.parse(points[k].day)) / DAY)), day = new Date(points[i].day);
  const last = days < 20 ? day.getTime() + (days - 1) * DAY : Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + Math.round(days / 30.4), 0);
  return new Date(last).toISOString().slice(0, 10);
}

/* The window asked about first: the move that began last, else the last value. */
function lastMove(points, patterns) {
  const move = patterns[patterns.length - 1], inside = points.map((p, i) => i).filter(i => move && points[i].day >= move.from && points[i].day <= move.to);
  return inside.length ? [inside[0], inside[inside.length - 1]] : [points.length - 1, points.length - 1];
}

/* `preset`: the window that stands chosen, [first, last] of the points. */
function chart(metric, label, unit, points, patterns, preset) {
  const { width, height, left, right, top, bottom } = CHART;
  const low = Math.min(...points.map(p => p.value)), high = Math.max(...points.map(p => p.value)), room = (high - low || 1) * .05;
  const at = points.map(p => Date.parse(p.day)), first = at[0], last = at[at.length - 1];
  const x = t => left + (width - left - right) * (t - first) / (last - first || 1), y = v => height - bottom - (height - top - bottom) * (v - low + room) / (high - low + 2 * room);
  const nearest = px => { let best = 0; at.forEach((t, i) => { if (Math.abs(x(t) - px) < Math.abs(x(at[best]) - px)) best = i; }); return best; };
  const step = points.length > 1 ? x(at[1]) - x(at[0]) : 10;
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'chart', role: 'img', 'aria-label': `${label}, ${points.length} values from ${points[0].day} to ${points[points.length - 1].day}, ${patterns.length} patterns` });
  for (const v of ticks(low, high))
    picture.append(svg('line', { class: 'grid', x1: left, x2: width - right, y1: y(v), y2: y(v) }), svg('text', { x: left - 8, y: y(v) + 4, 'text-anchor': 'end' }, number(v)));
  picture.append(svg('text', { x: 4, y: 20, class: 'unit' }, unit));
  for (const [t, text] of dayTicks(first, last))
    picture.append(svg('line', { class: 'grid', x1: x(t), x2: x(t), y1: height - bottom, y2: height - bottom + 6 }), svg('text', { x: x(t), y: height - bottom + 22, 'text-anchor': 'middle' }, text));
  for (const p of patterns) {
    const from = x(Date.parse(p.from)), to = Math.max(x(Date.parse(p.to)), from + 4), up = p.score > 0;
    const link = svg('a', { href: whyLink(metric, p.from, p.to), class: 'pattern' }, svg('title', {}, `${p.kind}, ${p.from} to ${p.to}, ${number(p.score)} standard errors: ask why`),
      svg('rect', { x: from - step / 2, y: top, width: to - from + (step > 4 ? 0 : 4), height: height - top - bottom }), svg('text', { x: (from + to - step) / 2, y: top - 8, 'text-anchor': 'middle' }, up ? '▲' : '▼'));
    picture.append(link);
  }
  picture.append(svg('polyline', { class: 'line', points: points.map((p, i) => `${x(at[i])},${y(p.value)}`).join(' ') }));
  const window_ = svg('rect', { class: 'window', y: top, height: height - top - bottom });
  picture.append(window_);
  const mark = (a, b) => {
    window_.setAttribute('x', x(at[a]) - step / 2);
    window_.setAttribute('width', x(at[b]) - x(at[a]) + step);
    $('window-from').value = points[a].day;
    $('window-to').value = lastDay(points, b);
  };
  mark(...preset);
  let began = null;
  const place = event => (event.clientX - picture.getBoundingClientRect().left) * width / picture.getBoundingClientRect().width;
  const ends = px => [nearest(Math.min(px, began)), nearest(Math.max(px, began))];
  /* A pattern is a link: only what is dragged from it is not a click on it. */
  picture.addEventListener('pointerdown', event => { began = place(event); event.preventDefault(); });
  picture.addEventListener('dragstart', event => event.preventDefault());
  picture.addEventListener('pointermove', event => {
    if (began === null || Math.abs(place(event) - began) <= 3) return;
    picture.setPointerCapture(event.pointerId);
    mark(...ends(place(event)));
  });
  picture.addEventListener('pointerup', event => {
    if (began === null) return;
    const [a, b] = ends(place(event)), moved = Math.abs(place(event) - began) > 3;
    began = null;
    if (moved) location.hash = whyLink(metric, points[a].day, lastDay(points, b));
  });
  return picture;
}

async function showMetric(given) {
  try {
    if (!$('metric-name').options.length)
      for (const m of await bound(`SELECT ?m ?label WHERE { ?m a propter:Metric . ${called('?m', '?label')} } ORDER BY LCASE(STR(?label)) LIMIT 1000`))
        $('metric-name').append(element('option', { value: m.m.value }, m.label.value));
    if (given) $('metric-name').value = given;
    if (given && !$('metric-name').value) { $('metric-picture').replaceChildren(`This graph has no metric <${given}>.`); return; }
    const metric = $('metric-name').value, option = $('metric-name').selectedOptions[0];
    if (!option) { $('metric-picture').replaceChildren('This graph has no metric.'); return; }
    $('metric-picture').replaceChildren('Looking …');
    const { points, unit } = await metricSeries(metric);
    const patterns = (await bound(`SELECT ?from ?to ?k ?score WHERE { ?p a propter:Pattern ; propter:metric <${metric}> ; propter:start ?from ; propter:end ?to ; propter:score ?score ;
      propter:patternKind ?k } ORDER BY ?from LIMIT 500`)).map(p => ({ from: p.from.value, to: p.to.value, kind: p.k.value.replace(/^.*#/, ''), score: Number(p.score.value) }));
    if (points.length < 2) { $('metric-picture').replaceChildren('No series of its own: it is made of other metrics, or has no values.'); return; }
    const least = patterns.map(p => Math.abs(p.score)).sort((a, b) => b - a)[DRAWN_PATTERNS - 1] ?? 0, drawn = patterns.filter(p => Math.abs(p.score) >= least);
    $('metric-picture').replaceChildren(chart(metric, option.text, unit, points, drawn, lastMove(points, patterns)),
      element('p', { className: 'note' }, `${option.text}${unit ? ' in ' + unit : ''}: ${points.length} values, the largest ${number(Math.max(...points.map(p => p.value)))}. ▲ ▼ mark ${drawn.length < patterns.length ? `the ${drawn.length} strongest of ` : ''}${patterns.length} patterns. The axis does not begin at zero.`));
  } catch (error) {
    $('metric-picture').replaceChildren(failed(error));
  }
}
$('metric-name').addEventListener('change', () => { location.hash = '#metric?' + new URLSearchParams({ m: $('metric-name').value }); });
$('window').addEventListener('submit', event => { event.preventDefault(); location.hash = whyLink($('metric-name').value, $('window-from').value, $('window-to').value); });

/* --- Causal links --------------------------------------------------------------------------------------------------------------- */

const DRAWN = 40;
const GRID = { width: 960, box: 230, gap: 110, row: 40, height: 28, top: 10 };

/* Column of each node: one more than the farthest of what leads to it, so that a chain is read from left to right; a link that closes a circle counts for nothing. */
function columnsOf(nodes, links) {
  const column = new Map(), open = new Set();
  const place = node => {
    if (column.has(node)) return column.get(node);
    if (open.has(node)) return -1;
    open.add(node);
    const before = links.filter(l => l.effect === node && l.cause !== node).map(l => place(l.cause));
    open.delete(node);
    column.set(node, Math.max(-1, ...before) + 1);
    return column.get(node);
  };
  nodes.forEach(place);
  for (const node of nodes) { /* what nothing leads to stands next to what it leads to */
    const after = links.filter(l => l.cause === node && column.get(l.effect) > column.get(node)).map(l => column.get(l.effect));
    if (after.length && !links.some(l => l.effect === node && l.cause !== node)) column.set(node, Math.min(...after) - 1);
  }
  return column;
}

/* The nodes of each column from top to bottom, near what they are linked with (Sugiyama, Tagawa and Toda 1981: the mean place of the neighbours, to and fro). */
function rowsOf(nodes, links, column) {
  const layers = [];
  for (const node of nodes) (layers[column.get(node)] ??= []).push(node);
  const row = new Map();
  const settle = layer => layer.forEach((node, i) => row.set(node, i - (layer.length - 1) / 2));
  layers.forEach(settle);
  for (let turn = 0; turn < 8; turn++)
    for (const layer of turn % 2 ? [...layers].reverse() : layers) {
      const mean = node => {
        const near = links.filter(l => l.cause === node || l.effect === node).map(l => row.get(l.cause === node ? l.effect : l.cause));
        return near.reduce((a, b) => a + b, 0) / near.length;
      };
      const at = new Map(layer.map(node => [node, mean(node)]));
      layer.sort((a, b) => at.get(a) - at.get(b));
      settle(layer);
    }
  return [layers, row];
}

const saysLink = l => `${l.causeLabel} → ${l.effectLabel}: ` + [l.believed ? `belief ${number(l.belief)}` : '', l.found ? `found in the figures, stability ${number(l.stability)}, ${l.lag === 'P0D' ? 'at the same time' : `${l.lag.slice(1)} later`}` : '', l.against ? `against ${number(l.against)}` : '', l.constraint.toLowerCase()].filter(Boolean).join(', ');

/* Causes to the left of their effects; how strong is the width, what speaks against it a broken line. A link opens what was said for it, a node what it hangs together with. */
function drawLinks(links, label) {
  const nodes = [...label.keys()], column = columnsOf(nodes, links), [layers, row] = rowsOf(nodes, links, column);
  const tall = Math.max(...layers.map(l => l.length)), pitch = GRID.box + Math.max(GRID.gap, (GRID.width - layers.length * GRID.box) / Math.max(layers.length - 1, 1)), height = tall * GRID.row + 2 * GRID.top;
  const width = (layers.length - 1) * pitch + GRID.box + 50, x = node => 10 + column.get(node) * pitch, y = node => height / 2 + row.get(node) * GRID.row;
  const cut = text => (text.length > 26 ? text.slice(0, 25) + '…' : text);
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'links', role: 'group', 'aria-label': `${links.length} causal links between ${nodes.length} things in ${layers.length} columns; the same in words below` });
  Object.assign(picture.style, { minWidth: `${.75 * width}px`, maxWidth: `${1.1 * width}px` });
  for (const l of links) {
    const a = x(l.cause) + GRID.box, b = x(l.effect), from = y(l.cause), to = y(l.effect), bend = b > a ? (b - a) / 2 : 60;
    const path = l.cause === l.effect ? `M${a} ${from - 6} C ${a + 40} ${from - 16}, ${a + 40} ${from + 16}, ${a} ${from + 6}` : `M${a} ${from} C ${a + bend} ${from}, ${b - bend} ${to}, ${b} ${to}`;
    picture.append(svg('a', { href: saidFor(l), 'aria-label': saysLink(l) }, svg('title', {}, saysLink(l)),
      svg('path', { d: path, 'stroke-width': 1 + 4 * l.belief, class: l.against > l.belief || l.constraint === 'Forbidden' ? 'link against' : 'link' })));
  }
  for (const node of nodes)
    picture.append(svg('a', { href: '#graph?' + new URLSearchParams({ node }), class: 'node', 'aria-label': label.get(node) }, svg('title', {}, label.get(node)),
      svg('rect', { x: x(node), y: y(node) - GRID.height / 2, width: GRID.box, height: GRID.height, rx: 4 }), svg('text', { x: x(node) + GRID.box / 2, y: y(node) + 5, 'text-anchor': 'middle' }, cut(label.get(node)))));
  return picture;
}

const saidFor = l => '#claims?' + new URLSearchParams({ link: l.iri });

/* All that leads to a node and all that it leads to. */
function around(links, node) {
  const reach = (from, to) => {
    const met = new Set([node]);
    for (let size = 0; size !== met.size;) { size = met.size; links.forEach(l => { if (met.has(l[from])) met.add(l[to]); }); }
    return met;
  };
  const before = reach('effect', 'cause'), after = reach('cause', 'effect');
  return links.filter(l => (before.has(l.cause) && before.has(l.effect)) || (after.has(l.cause) && after.has(l.effect)));
}

function linkTable(links) {
  const body = links.map(l => element('tr', {}, element('td', {}, element('a', { href: saidFor(l) }, l.causeLabel)), element('td', {}, l.effectLabel), element('td', { className: 'number' }, l.believed ? number(l.belief) : ''),
    element('td', { className: 'number' }, l.against ? number(l.against) : ''), element('td', {}, [l.constraint.toLowerCase(), l.found ? `figures: stability ${number(l.stability)}, lag ${l.lag}` : ''].filter(Boolean).join(', '))));
  return element('table', {}, element('thead', {}, element('tr', {}, ...['cause', 'effect', 'belief for', 'belief against', 'knowledge, figures'].map(t => element('th', { scope: 'col' }, t)))), element('tbody', {}, ...body));
}

async function showGraph(node) {
  const least = Number($('belief').value), words = $('node').value.trim().toLowerCase();
  $('belief-shown').textContent = number(least);
  try {
    const filter = words ? `FILTER(CONTAINS(LCASE(CONCAT(?cause, " ", ?effect)), ${JSON.stringify(words)}))` : '', most = node ? 1000 : DRAWN;
    const rows = await bound(`SELECT ?link ?c ?e ?cause ?effect ?b ?against ?k ?s ?lag WHERE { ?link a propter:CausalLink ; propter:cause ?c ; propter:effect ?e . OPTIONAL { ?link propter:beliefFor ?b }
      OPTIONAL { ?link propter:beliefAgainst ?against } OPTIONAL { ?link propter:constraint ?k } OPTIONAL { ?link propter:stability ?s ; propter:lag ?lag } ${named('?c', '?cause')} ${named('?e', '?effect')}
      BIND(COALESCE(?b, ?s, 0) AS ?belief) FILTER(?belief >= ${least}) ${filter} }
      ORDER BY DESC(?belief) ?cause ?effect LIMIT ${most + 1}`);
    const found = rows.slice(0, most).map(r => ({ iri: r.link.value, cause: r.c.value, effect: r.e.value, causeLabel: r.cause.value, effectLabel: r.effect.value, believed: Boolean(r.b), found: Boolean(r.s), belief: r.b ? Number(r.b.value) : r.s ? Number(r.s.value) : 0, stability: r.s ? Number(r.s.value) : 0, lag: r.lag ? r.lag.value : '',
      against: r.against ? Number(r.against.value) : 0, constraint: r.k ? r.k.value.replace(/^.*#/, '') : '' }));
    const links = (node ? around(found, node) : found).slice(0, DRAWN), label = new Map(links.flatMap(l => [[l.cause, l.causeLabel], [l.effect, l.effectLabel]]));
    const more = rows.length > most || (node && links.length === DRAWN);
    $('graph-picture').replaceChildren(...(links.length ? [drawLinks(links, label)] : ['No link of that belief.']),
      element('p', { className: 'note' }, node ? `What leads to ${label.get(node) || 'it'}, and what it leads to: ` : '', `${links.length} links${more ? ', the strongest; more with a higher belief or a name' : ''}. A broken line: more speaks against it than for it, or knowledge excludes it. A link opens what was said for it, a name what it hangs together with. `,
        node ? element('a', { href: '#graph' }, 'All links') : ''),
      element('details', {}, element('summary', {}, 'The same in words'), linkTable(links)));
  } catch (error) {
    $('graph-picture').replaceChildren(failed(error));
  }
}
const chosenNode = () => new URLSearchParams(location.hash.split('?')[1] || '').get('node');
$('graph-filter').addEventListener('submit', event => { event.preventDefault(); showGraph(chosenNode()); });
$('belief').addEventListener('input', () => showGraph(chosenNode()));
