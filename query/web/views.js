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
const whyLink = (metric, from, to) => '#ask?' + new URLSearchParams({ metric, from, to });

/* --- A metric ----------------------------------------------------------------------------------------------------------------- */

const CHART = { width: 960, height: 340, left: 80, right: 20, top: 40, bottom: 40 };

async function metricSeries(metric) {
  const [m] = await bound(`SELECT ?d ?v ?t ?unit ?a (GROUP_CONCAT(CONCAT("<", STR(?fd), "> <", STR(?fm), ">"); separator=" ; ") AS ?fixed) WHERE { <${metric}> propter:dataset ?d ;
    propter:measure ?v ; propter:timeDimension ?t . OPTIONAL { <${metric}> propter:unitLabel ?unit } OPTIONAL { <${metric}> propter:aggregation ?a }
    OPTIONAL { <${metric}> propter:fixed ?f . ?f propter:dimension ?fd ; propter:member ?fm . FILTER(isIRI(?fm)) } } GROUP BY ?d ?v ?t ?unit ?a`);
  if (!m || !m.d) return { points: [], unit: '' };
  const how = m.a && /#(Mean|Average)$/.test(m.a.value) ? 'AVG' : 'SUM', fixed = m.fixed && m.fixed.value ? ` ; ${m.fixed.value}` : '';
  const rows = await bound(`SELECT ?time (${how}(?v) AS ?value) WHERE { ?o <http://purl.org/linked-data/cube#dataSet> <${m.d.value}> ; <${m.t.value}> ?time ; <${m.v.value}> ?v${fixed} }
    GROUP BY ?time ORDER BY ?time LIMIT 20000`);
  const points = rows.map(r => ({ day: r.time.value.slice(0, 10), value: Number(r.value.value) })).filter(p => Number.isFinite(p.value) && /^\d{4}-\d\d-\d\d$/.test(p.day));
  return { points, unit: m.unit ? m.unit.value : '' };
}

function chart(metric, label, points, patterns) {
  const { width, height, left, right, top, bottom } = CHART;
  const low = Math.min(...points.map(p => p.value)), high = Math.max(...points.map(p => p.value)), room = (high - low || 1) * .05;
  const at = points.map(p => Date.parse(p.day)), first = at[0], last = at[at.length - 1];
  const x = t => left + (width - left - right) * (t - first) / (last - first || 1), y = v => height - bottom - (height - top - bottom) * (v - low + room) / (high - low + 2 * room);
  const nearest = px => { let best = 0; at.forEach((t, i) => { if (Math.abs(x(t) - px) < Math.abs(x(at[best]) - px)) best = i; }); return best; };
  const step = points.length > 1 ? x(at[1]) - x(at[0]) : 10;
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'chart', role: 'img', 'aria-label': `${label}, ${points.length} values from ${points[0].day} to ${points[points.length - 1].day}, ${patterns.length} patterns` });
  for (const v of [low, (low + high) / 2, high])
    picture.append(svg('line', { class: 'grid', x1: left, x2: width - right, y1: y(v), y2: y(v) }), svg('text', { x: left - 8, y: y(v) + 4, 'text-anchor': 'end' }, number(v)));
  for (let i = 0; i < 5; i++) {
    const k = Math.round(i * (points.length - 1) / 4);
    picture.append(svg('text', { x: x(at[k]), y: height - bottom + 22, 'text-anchor': i === 0 ? 'start' : i === 4 ? 'end' : 'middle' }, points[k].day.slice(0, 7)));
  }
  for (const p of patterns) {
    const from = x(Date.parse(p.from)), to = Math.max(x(Date.parse(p.to)), from + 4), up = p.score > 0;
    const link = svg('a', { href: whyLink(metric, p.from, p.to), class: 'pattern' }, svg('title', {}, `${p.kind}, ${p.from} to ${p.to}, ${number(p.score)} standard errors: ask why`),
      svg('rect', { x: from - step / 2, y: top, width: to - from + (step > 4 ? 0 : 4), height: height - top - bottom }), svg('text', { x: (from + to - step) / 2, y: top - 8, 'text-anchor': 'middle' }, up ? '▲' : '▼'));
    picture.append(link);
  }
  picture.append(svg('polyline', { class: 'line', points: points.map((p, i) => `${x(at[i])},${y(p.value)}`).join(' ') }));
  const window_ = svg('rect', { class: 'window', y: top, height: height - top - bottom, width: 0 });
  picture.append(window_);
  let began = null;
  const place = event => (event.clientX - picture.getBoundingClientRect().left) * width / picture.getBoundingClientRect().width;
  const ends = px => [nearest(Math.min(px, began)), nearest(Math.max(px, began))];
  picture.addEventListener('pointerdown', event => { if (!event.target.closest('a')) { began = place(event); picture.setPointerCapture(event.pointerId); event.preventDefault(); } });
  picture.addEventListener('pointermove', event => {
    if (began === null) return;
    const [a, b] = ends(place(event));
    window_.setAttribute('x', x(at[a]) - step / 2);
    window_.setAttribute('width', x(at[b]) - x(at[a]) + step);
    $('window-from').value = points[a].day;
    $('window-to').value = points[b].day;
  });
  picture.addEventListener('pointerup', event => {
    if (began === null) return;
    const [a, b] = ends(place(event)), moved = Math.abs(place(event) - began) > 3;
    began = null;
    if (moved) location.hash = whyLink(metric, points[a].day, points[b].day);
  });
  return picture;
}

async function showMetric(given) {
  try {
    if (!$('metric-name').options.length)
      for (const m of await bound('SELECT ?m ?label WHERE { ?m a propter:Metric ; skos:prefLabel ?label } ORDER BY ?label LIMIT 1000'))
        $('metric-name').append(element('option', { value: m.m.value }, m.label.value));
    if (given) $('metric-name').value = given;
    const metric = $('metric-name').value, option = $('metric-name').selectedOptions[0];
    if (!option) { $('metric-picture').replaceChildren('This graph has no metric.'); return; }
    $('metric-picture').replaceChildren('Looking …');
    const { points, unit } = await metricSeries(metric);
    const patterns = (await bound(`SELECT ?from ?to ?k ?score WHERE { ?p a propter:Pattern ; propter:metric <${metric}> ; propter:start ?from ; propter:end ?to ; propter:score ?score ;
      propter:patternKind ?k } ORDER BY ?from LIMIT 500`)).map(p => ({ from: p.from.value, to: p.to.value, kind: p.k.value.replace(/^.*#/, ''), score: Number(p.score.value) }));
    if (points.length < 2) { $('metric-picture').replaceChildren('No series of its own: it is made of other metrics, or has no values.'); return; }
    $('window-from').value = points[points.length - 1].day;
    $('window-to').value = points[points.length - 1].day;
    $('metric-picture').replaceChildren(chart(metric, option.text, points, patterns),
      element('p', { className: 'note' }, `${option.text}${unit ? ' in ' + unit : ''}: ${points.length} values, the largest ${number(Math.max(...points.map(p => p.value)))}. ▲ ▼ mark ${patterns.length} patterns. The axis does not begin at zero.`));
  } catch (error) {
    $('metric-picture').replaceChildren(failed(error));
  }
}
$('metric-name').addEventListener('change', () => { location.hash = '#metric?' + new URLSearchParams({ m: $('metric-name').value }); });
$('window').addEventListener('submit', event => { event.preventDefault(); location.hash = whyLink($('metric-name').value, $('window-from').value, $('window-to').value); });

/* --- Causal links --------------------------------------------------------------------------------------------------------------- */

const DRAWN = 40;

/* Causes on the left, effects on the right, the strongest links; how strong is the width, what speaks against it a broken line. */
function drawLinks(links) {
  const left = [...new Set(links.map(l => l.cause))], right = [...new Set(links.map(l => l.effect))];
  const rows = Math.max(left.length, right.length, 1), step = 34, height = rows * step + 30, width = 960;
  const y = (list, name) => 30 + (list.indexOf(name) + .5) * (rows / list.length) * step;
  const cut = text => text.length > 44 ? text.slice(0, 43) + '…' : text;
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'links', role: 'img', 'aria-label': `${links.length} causal links from ${left.length} causes to ${right.length} effects` });
  picture.append(svg('text', { x: 330, y: 16, 'text-anchor': 'end', class: 'head' }, 'cause'), svg('text', { x: 630, y: 16, class: 'head' }, 'effect'));
  for (const l of links) {
    const a = y(left, l.cause), b = y(right, l.effect);
    picture.append(svg('path', { d: `M340 ${a} C 460 ${a}, 500 ${b}, 620 ${b}`, 'stroke-width': 1 + 4 * l.belief, class: l.against > l.belief ? 'link against' : 'link' },
      svg('title', {}, `${l.cause} → ${l.effect}: belief ${number(l.belief)}${l.against ? ', against ' + number(l.against) : ''}${l.constraint ? ', ' + l.constraint : ''}`)));
  }
  const node = (list, name, px, anchor) => picture.append(svg('circle', { cx: px, cy: y(list, name), r: 4 }), svg('text', { x: anchor === 'end' ? px - 10 : px + 10, y: y(list, name) + 5, 'text-anchor': anchor }, svg('title', {}, name), cut(name)));
  left.forEach(name => node(left, name, 340, 'end'));
  right.forEach(name => node(right, name, 620, 'start'));
  return picture;
}

async function showGraph() {
  const least = Number($('belief').value), words = $('node').value.trim().toLowerCase();
  $('belief-shown').textContent = number(least);
  try {
    const filter = words ? `FILTER(CONTAINS(LCASE(CONCAT(?cause, " ", ?effect)), ${JSON.stringify(words)}))` : '';
    const rows = await bound(`SELECT ?cause ?effect ?belief ?against ?k WHERE { ?link a propter:CausalLink ; propter:cause ?c ; propter:effect ?e . OPTIONAL { ?link propter:beliefFor ?b }
      OPTIONAL { ?link propter:beliefAgainst ?against } OPTIONAL { ?link propter:constraint ?k } OPTIONAL { ?c skos:prefLabel ?cl } OPTIONAL { ?e skos:prefLabel ?el }
      BIND(COALESCE(?b, 0) AS ?belief) BIND(COALESCE(?cl, STR(?c)) AS ?cause) BIND(COALESCE(?el, STR(?e)) AS ?effect) FILTER(?belief >= ${least}) ${filter} }
      ORDER BY DESC(?belief) ?cause ?effect LIMIT ${DRAWN + 1}`);
    const links = rows.slice(0, DRAWN).map(r => ({ cause: r.cause.value, effect: r.effect.value, belief: Number(r.belief.value), against: r.against ? Number(r.against.value) : 0, constraint: r.k ? r.k.value.replace(/^.*#/, '') : '' }));
    $('graph-picture').replaceChildren(links.length ? drawLinks(links) : 'No link of that belief.',
      element('p', { className: 'note' }, `${links.length} links${rows.length > DRAWN ? ', the strongest; more with a higher belief or a name' : ''}. A broken line: more speaks against it than for it. The list `, element('a', { href: '#links' }, 'Causal links'), ' has the same in words.'));
  } catch (error) {
    $('graph-picture').replaceChildren(failed(error));
  }
}
$('graph-filter').addEventListener('submit', event => { event.preventDefault(); showGraph(); });
$('belief').addEventListener('input', showGraph);
