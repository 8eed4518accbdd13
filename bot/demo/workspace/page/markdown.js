// The markdown block: the common marks of standard Markdown, as nodes.

import { el } from "./dom.js";
import { link } from "./mrkdwn.js";

/** A whole markdown text. */
export function markdown(text) {
  const lines = String(text).replace(/\r/g, "").split("\n");
  const found = [];
  let at = 0;
  while (at < lines.length) {
    const [node, next] = block(lines, at);
    if (node) found.push(node);
    at = next;
  }
  return el("div", { class: "markdown" }, found);
}

function block(lines, at) {
  const line = lines[at];
  if (!line.trim()) return [null, at + 1];
  if (/^```/.test(line)) return fence(lines, at);
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) return [el(`h${heading[1].length}`, {}, inline(heading[2])), at + 1];
  if (/^(-{3,}|\*{3,}|_{3,})\s*$/.test(line)) return [el("hr"), at + 1];
  if (/^>/.test(line)) return run(lines, at, /^>\s?/, (parts) => el("blockquote", {}, broken(parts)));
  if (isTable(lines, at)) return table(lines, at);
  if (BULLET.test(line)) return run(lines, at, BULLET, (parts) => el("ul", { class: "list" }, parts.map(item)));
  if (NUMBER.test(line)) return run(lines, at, NUMBER, (parts) => el("ol", { class: "list" }, parts.map(item)));
  return paragraph(lines, at);
}

const BULLET = /^\s*[-*+]\s+/;
const NUMBER = /^\s*\d+[.)]\s+/;
const START = /^(#{1,6}\s|```|>|\s*[-*+]\s|\s*\d+[.)]\s)/;

function run(lines, at, mark, build) {
  let end = at;
  while (end < lines.length && mark.test(lines[end])) end += 1;
  return [build(lines.slice(at, end).map((line) => line.replace(mark, ""))), end];
}

function item(text) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  if (!task) return el("li", {}, inline(text));
  return el("li", { class: "task" }, task[1] === " " ? "☐ " : "☑ ", inline(task[2]));
}

function fence(lines, at) {
  let end = at + 1;
  while (end < lines.length && !/^```/.test(lines[end])) end += 1;
  return [el("pre", { class: "code" }, lines.slice(at + 1, end).join("\n")), end + 1];
}

function paragraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !START.test(lines[end])) end += 1;
  return [el("p", {}, broken(lines.slice(at, end))), end];
}

const broken = (lines) => lines.flatMap((line, index) => (index ? [el("br"), ...inline(line)] : inline(line)));

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
const isTable = (lines, at) => lines[at].includes("|") && /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(lines[at + 1] || "");

function table(lines, at) {
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const head = el("tr", {}, cells(lines[at]).map((cell) => el("th", {}, inline(cell))));
  const rows = lines.slice(at + 2, end).map((line) => el("tr", {}, cells(line).map((cell) => el("td", {}, inline(cell)))));
  return [el("div", { class: "table-box" }, el("table", { class: "table" }, el("thead", {}, head), el("tbody", {}, rows))), end];
}

const SPAN = /`([^`]+)`|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\*([^*\s][^*]*?)\*|\b_([^_\s][^_]*?)_\b|!?\[([^\]]*)\]\(([^)\s]+)\)/;

function inline(text) {
  const found = SPAN.exec(text);
  if (!found) return text ? [text] : [];
  const [whole, code, bold, bold2, strike, italic, italic2, label, href] = found;
  const node = code ? el("code", {}, code)
    : bold || bold2 ? el("strong", {}, inline(bold || bold2))
    : strike ? el("del", {}, inline(strike))
    : italic || italic2 ? el("em", {}, inline(italic || italic2)) : link(href, label);
  return [...(found.index ? [text.slice(0, found.index)] : []), node, ...inline(text.slice(found.index + whole.length))];
}
