// SPDX-License-Identifier: Apache-2.0
// A metric: its series with the patterns found in it; a window dragged there, or put in by days, asks why.
'use strict';

const DRAWN_PATTERNS = 30;
const CHART = { width: 960, height: 340, left: 100, right: 20, top: 40, bottom: 40 };

/* --- What is drawn -------------------------------------------------------------------------------------------- */

/* A term as SPARQL writes it. */
function written({ type, value, datatype, 'xml:lang': language }) {
  if (type === 'uri') return `<${value}>`;
  return JSON.stringify(value) + (language ? '@' + language : datatype ? `^^<${datatype}>` : '');
}

async function metricSeries(metric) {
  const [m] = await select(`SELECT ?d ?v ?t ?unit ?a WHERE {
    <${metric}> propter:dataset ?d ; propter:measure ?v ; propter:timeDimension ?t .
    OPTIONAL { <${metric}> propter:unitLabel ?unit } OPTIONAL { <${metric}> propter:aggregation ?a } }`);
  if (!m) return { points: [], unit: '' };
  const held = await select(`SELECT ?d ?v WHERE {
    <${metric}> propter:fixed ?f . ?f propter:dimension ?d ; propter:member ?v }`);
  const fixed = held.map(f => ` ; <${f.d.value}> ${written(f.v)}`).join('');
  const how = m.a && /#(Mean|Average)$/.test(m.a.value) ? 'AVG' : 'SUM';
  const rows = await select(`SELECT ?time (${how}(?v) AS ?value) WHERE {
    ?o <http://purl.org/linked-data/cube#dataSet> <${m.d.value}> ; <${m.t.value}> ?time ; <${m.v.value}> ?v${fixed} }
    GROUP BY ?time ORDER BY ?time LIMIT 20000`);
  const points = rows.map(r => ({ day: r.time.value.slice(0, 10), value: Number(r.value.value) }));
  const usable = p => Number.isFinite(p.value) && /^\d{4}-\d\d-\d\d$/.test(p.day);
  return { points: points.filter(usable), unit: m.unit ? m.unit.value : '' };
}

async function metricPatterns(metric) {
  const rows = await select(`SELECT ?from ?to ?k ?score WHERE {
    ?p a propter:Pattern ; propter:metric <${metric}> ; propter:start ?from ; propter:end ?to ; propter:score ?score ;
      propter:patternKind ?k } ORDER BY ?from LIMIT 500`);
  return rows.map(p => ({ from: p.from.value, to: p.to.value, kind: p.k.value.replace(/^.*#/, ''),
    score: Number(p.score.value) }));
}

function strongest(patterns) {
  const sizes = patterns.map(p => Math.abs(p.score)).sort((a, b) => b - a), least = sizes[DRAWN_PATTERNS - 1] ?? 0;
  return patterns.filter(p => Math.abs(p.score) >= least);
}

/* The last day of the period that a point stands for; a period is as long as the least distance of two points. */
function lastDay(points, i) {
  const distances = points.slice(1).map((p, k) => (Date.parse(p.day) - Date.parse(points[k].day)) / DAY);
  const days = Math.min(...distances), day = new Date(points[i].day);
  const last = days < 20 ? day.getTime() + (days - 1) * DAY :
    Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + Math.round(days / 30.4), 0);
  return new Date(last).toISOString().slice(0, 10);
}

/* The window that stands chosen at first: the move that began last, else the last value; [first, last] of the points. */
function lastMove(points, patterns) {
  const move = patterns[patterns.length - 1], end = points.length - 1;
  const inside = points.map((p, i) => i).filter(i => move && points[i].day >= move.from && points[i].day <= move.to);
  return inside.length ? [inside[0], inside[inside.length - 1]] : [end, end];
}

/* --- The picture ---------------------------------------------------------------------------------------------- */

function chartScales(points) {
  const { width, height, left, right, top, bottom } = CHART, at = points.map(p => Date.parse(p.day));
  const values = points.map(p => p.value), low = Math.min(...values), high = Math.max(...values);
  const room = (high - low || 1) * .05;
  const x = scale(at[0], at[at.length - 1], left, width - right);
  const y = scale(low - room, high + room, height - bottom, top);
  return { at, low, high, x, y, step: points.length > 1 ? x(at[1]) - x(at[0]) : 10 };
}

function patternBand(metric, p, { x, step }) {
  const { height, top, bottom } = CHART, from = x(Date.parse(p.from)) - step / 2;
  const to = x(Date.parse(p.to) + DAY) - step / 2, width = Math.max(to - from, 6), middle = (from + to) / 2;
  return svg('a', { href: whyAddress(metric, p.from, p.to), class: 'pattern' },
    svg('title', {}, `${p.kind}, ${p.from} to ${p.to}, ${number(p.score)} sigma: ask why`),
    svg('rect', { x: middle - width / 2, y: top, width, height: height - top - bottom }),
    svgText(middle, top - 8, 'middle', p.score > 0 ? '▲' : '▼'));
}

function chooseWindow(from, to) {
  $('window-from').value = from;
  $('window-to').value = to;
  sayWindow();
}

function sayWindow() {
  const from = $('window-from').value, to = $('window-to').value;
  $('window-said').textContent = from && to && from <= to ? daysInWords(from, to) : '';
}

/* Calls `mark` with the first and last point while a window is dragged, `done` at its end.
 * A pattern is a link: only what is dragged from it is not a click on it. */
function onDrag(picture, { at, x }, mark, done) {
  const nearest = px => at.reduce((best, t, i) => (Math.abs(x(t) - px) < Math.abs(x(at[best]) - px) ? i : best), 0);
  const place = event => {
    const box = picture.getBoundingClientRect();
    return (event.clientX - box.left) * CHART.width / box.width;
  };
  let began = null;
  const moved = event => Math.abs(place(event) - began) > 3;
  const ends = event => [began, place(event)].sort((a, b) => a - b).map(nearest);
  picture.addEventListener('pointerdown', event => { began = place(event); event.preventDefault(); });
  picture.addEventListener('dragstart', event => event.preventDefault());
  picture.addEventListener('pointermove', event => {
    if (began === null || !moved(event)) return;
    picture.setPointerCapture(event.pointerId);
    mark(...ends(event));
  });
  picture.addEventListener('pointerup', event => {
    if (began !== null && moved(event)) done(...ends(event));
    began = null;
  });
}

function chart(metric, label, unit, points, patterns) {
  const { width, height, left, right, top, bottom } = CHART, scales = chartScales(points), { at, x, y, step } = scales;
  const days = `${points[0].day} to ${points[points.length - 1].day}`;
  const picture = chartOf(width, height, `${label}, ${points.length} values from ${days}, ${patterns.length} patterns`);
  valueAxis(picture, ticks(scales.low, scales.high), y, left, width - right);
  picture.append(svg('text', { x: 4, y: 20, class: 'unit' }, unit));
  dayAxis(picture, dayTicks(at[0], at[at.length - 1]), x, height - bottom);
  picture.append(...patterns.map(p => patternBand(metric, p, scales)));
  picture.append(lineOf(points.map((p, i) => [x(at[i]), y(p.value)])));
  const chosen = svg('rect', { class: 'window', y: top, height: height - top - bottom });
  picture.append(chosen);
  const mark = (a, b) => {
    chosen.setAttribute('x', x(at[a]) - step / 2);
    chosen.setAttribute('width', x(at[b]) - x(at[a]) + step);
    chooseWindow(points[a].day, lastDay(points, b));
  };
  mark(...lastMove(points, patterns));
  onDrag(picture, scales, mark, (a, b) => { location.hash = whyAddress(metric, points[a].day, lastDay(points, b)); });
  return picture;
}

function chartNote(label, unit, points, drawn, patterns) {
  const largest = number(Math.max(...points.map(p => p.value)));
  const which = drawn < patterns ? `the ${drawn} strongest of ${patterns}` : patterns;
  return element('p', { className: 'note' }, `${label}${unit ? ' in ' + unit : ''}: ${points.length} values, ` +
    `the largest ${largest}. ▲ ▼ mark ${which} patterns. The axis begins near the lowest value.`);
}

/* --- The view ------------------------------------------------------------------------------------------------- */

async function listMetrics() {
  if ($('metric-name').options.length) return;
  const rows = await select(`SELECT ?m ?label WHERE { ?m a propter:Metric . ${called('?m', '?label')} }
    ORDER BY LCASE(STR(?label)) LIMIT 1000`);
  $('metric-name').append(...rows.map(r => element('option', { value: r.m.value }, r.label.value)));
}

async function metricPicture(given) {
  await listMetrics();
  if (given) $('metric-name').value = given;
  const option = $('metric-name').selectedOptions[0];
  if (!option) return [given ? `This graph has no metric <${given}>.` : 'This graph has no metric.'];
  $('metric-picture').replaceChildren('Looking …');
  const [{ points, unit }, patterns] = await Promise.all([metricSeries(option.value), metricPatterns(option.value)]);
  if (points.length < 2) return ['No series of its own: it is made of other metrics, or has no values.'];
  const drawn = strongest(patterns);
  return [chart(option.value, option.text, unit, points, drawn),
    chartNote(option.text, unit, points, drawn.length, patterns.length)];
}

async function showMetric(given) {
  $('metric-picture').replaceChildren(...await metricPicture(given).catch(error => [failed(error)]));
}

$('metric-name').addEventListener('change', () => { location.hash = address('metric', { m: $('metric-name').value }); });
for (const end of ['window-from', 'window-to']) $(end).addEventListener('input', sayWindow);
$('window').addEventListener('submit', event => {
  event.preventDefault();
  location.hash = whyAddress($('metric-name').value, $('window-from').value, $('window-to').value);
});
