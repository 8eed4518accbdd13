// data_visualization as SVG: line, bar, area and pie.

import { el, svg } from "./dom.js";

const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 });
const LEFT = 46, RIGHT = 12, TOP = 10, BOTTOM = 26;

/** The block: a title, the chart, and a legend where there is more than one series. */
export function chart(block) {
  const { chart: what } = block;
  const wide = window.innerWidth > 640 ? 560 : 340;
  const draw = what.type === "pie" ? pie : plot;
  return el("figure", { class: "chart" }, el("figcaption", {}, block.title), draw(what, wide, block.title), legend(what));
}

function legend(what) {
  const names = what.type === "pie" ? what.segments.map((each) => `${each.label}: ${number.format(each.value)}`) : what.series.map((each) => each.name);
  if (what.type !== "pie" && names.length < 2) return null;
  return el("ul", { class: "legend" }, names.map((name, i) => el("li", {}, el("span", { class: `key s${i}` }), name)));
}

function plot(what, width, title) {
  const height = 220;
  const values = what.series.flatMap((each) => each.data.map((point) => point.value));
  const categories = what.axis_config.categories;
  const scale = ticks(values, what.type !== "line");
  const y = (value) => TOP + (height - TOP - BOTTOM) * (1 - (value - scale.low) / (scale.high - scale.low));
  const inner = width - LEFT - RIGHT;
  const band = inner / categories.length;
  const x = (index) => LEFT + band * (index + 0.5);
  const draw = what.type === "bar" ? bars : lines;
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary(what, title), class: "plot" },
    grid(scale, y, width), draw(what, { x, y, band, zero: y(Math.max(scale.low, 0)) }), labels(categories, x, band, height), axis(what.axis_config));
}

function grid(scale, y, width) {
  return scale.steps.map((value) => svg("g", { class: "grid" },
    svg("line", { x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }),
    svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, compact.format(value))));
}

function labels(categories, x, band, height) {
  const longest = Math.max(...categories.map((each) => each.length));
  const every = Math.max(1, Math.ceil((longest * 6.5 + 8) / band));
  return categories.map((name, i) => (i % every ? null
    : svg("text", { class: "category", x: x(i), y: height - 8, "text-anchor": "middle" }, name)));
}

const axis = (config) => (config.y_label ? svg("title", {}, [config.y_label, config.x_label].filter(Boolean).join(", ")) : null);

function lines(what, { x, y, zero }) {
  return what.series.map((series, s) => {
    const points = series.data.map((point, i) => `${x(i).toFixed(1)},${y(point.value).toFixed(1)}`);
    const last = series.data.length - 1;
    const under = `M${x(0)},${zero}L${points.join("L")}L${x(last)},${zero}Z`;
    return svg("g", { class: `series s${s}` },
      what.type === "area" ? svg("path", { class: "under", d: under }) : null,
      svg("path", { class: "stroke", d: `M${points.join("L")}` }),
      series.data.map((point, i) => dot(series, point, x(i), y(point.value))));
  });
}

function dot(series, point, cx, cy) {
  return svg("circle", { class: "dot", cx, cy, r: 3 }, svg("title", {}, `${series.name}, ${point.label}: ${number.format(point.value)}`));
}

function bars(what, { x, y, band, zero }) {
  const width = Math.min(48, (band * 0.72) / what.series.length);
  const start = (width * what.series.length) / 2;
  return what.series.map((series, s) => svg("g", { class: `series s${s}` }, series.data.map((point, i) => {
    const top = Math.min(y(point.value), zero);
    const height = Math.max(1, Math.abs(zero - y(point.value)));
    return svg("rect", { class: "bar", x: x(i) - start + s * width, y: top, width: Math.max(1, width - 2), height, rx: 2 },
      svg("title", {}, `${series.name}, ${point.label}: ${number.format(point.value)}`));
  })));
}

function pie(what, width, title) {
  const sum = what.segments.reduce((all, each) => all + each.value, 0) || 1;
  const r = 88;
  let turn = -Math.PI / 2;
  const slices = what.segments.map((each, s) => {
    const angle = Math.min((each.value / sum) * 2 * Math.PI, 2 * Math.PI - 0.0001);
    const at = (t) => `${(r * Math.cos(t)).toFixed(2)},${(r * Math.sin(t)).toFixed(2)}`;
    const d = `M0,0L${at(turn)}A${r},${r} 0 ${angle > Math.PI ? 1 : 0} 1 ${at(turn + angle)}Z`;
    turn += angle;
    return svg("path", { class: `slice s${s}`, d }, svg("title", {}, `${each.label}: ${number.format(each.value)} (${Math.round((each.value / sum) * 100)} %)`));
  });
  return svg("svg", { viewBox: `${-width / 2} -100 ${width} 200`, role: "img", "aria-label": summary(what, title), class: "plot pie" }, slices);
}

/** Round steps that hold every value; bars and areas start at zero. */
export function ticks(values, fromZero) {
  let low = Math.min(...values), high = Math.max(...values);
  if (fromZero || low > 0 && low < high * 0.5) { low = Math.min(low, 0); high = Math.max(high, 0); }
  if (low === high) { low -= Math.abs(low) * 0.1 || 1; high += Math.abs(high) * 0.1 || 1; }
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough) * power;
  const from = Math.floor(low / step), to = Math.ceil(high / step);
  const steps = Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)));
  return { low: steps[0], high: steps[steps.length - 1], steps };
}

function summary(what, title) {
  if (what.type === "pie") return `${title}: ${what.segments.map((each) => `${each.label} ${number.format(each.value)}`).join(", ")}`;
  const ends = (series) => `${series.name} from ${number.format(series.data[0].value)} to ${number.format(series.data[series.data.length - 1].value)}`;
  return `${title}: ${what.series.map(ends).join("; ")}`;
}
