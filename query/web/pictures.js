// SPDX-License-Identifier: Apache-2.0
// What pictures are drawn with: elements of SVG, round numbers and days along an axis, the frame of a chart.
'use strict';

const DAY = 864e5;

function svg(name, attributes = {}, ...children) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
}

const svgText = (x, y, anchor, ...children) => svg('text', { x, y, 'text-anchor': anchor }, ...children);

/* A linear scale from one range to another; a range without length goes to the first end. */
const scale = (low, high, from, to) => value => from + (to - from) * (value - low) / (high - low || 1);

/* Round numbers from `low` to `high`, about `most`. */
function ticks(low, high, most = 5) {
  const rough = (high - low || Math.abs(low) || 1) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find(k => k * power >= rough), found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(k * step);
  return found;
}

function monthTicks(first, last, most) {
  const span = last - first, step = [1, 3, 6, 12, 24, 60, 120].find(k => span / (30.4 * DAY * k) <= most) || 240;
  const start = new Date(first), found = [];
  const months = 12 * start.getUTCFullYear() + start.getUTCMonth() + (start.getUTCDate() > 1);
  for (let m = step * Math.ceil(months / step); ; m += step) {
    const day = new Date(Date.UTC(Math.floor(m / 12), m % 12));
    if (day > last) return found;
    found.push([day.getTime(), day.toISOString().slice(0, step < 12 ? 7 : 4)]);
  }
}

/* First days of years, quarters, months, or days, whichever are few enough: [time, text]. */
function dayTicks(first, last, most = 7) {
  if (last - first > 80 * DAY) return monthTicks(first, last, most);
  const step = Math.max(1, Math.ceil((last - first) / DAY / most)) * DAY, found = [];
  for (let t = first; t <= last; t += step) found.push([t, new Date(t).toISOString().slice(0, 10)]);
  return found;
}

const chartOf = (width, height, label) =>
  svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'chart', role: 'img', 'aria-label': label });

/* Lines and figures at round values between `left` and `right`. */
function valueAxis(picture, values, y, left, right) {
  for (const v of values)
    picture.append(svg('line', { class: 'grid', x1: left, x2: right, y1: y(v), y2: y(v) }),
      svgText(left - 8, y(v) + 4, 'end', number(v)));
}

/* Marks and days below the foot of a chart. */
function dayAxis(picture, days, x, foot) {
  for (const [t, text] of days)
    picture.append(svg('line', { class: 'grid', x1: x(t), x2: x(t), y1: foot, y2: foot + 6 }),
      svgText(x(t), foot + 22, 'middle', text));
}

const lineOf = points => svg('polyline', { class: 'line', points: points.map(p => p.join()).join(' ') });
