// table and data_table: cells of text, numbers or rich text; the latter sorts and turns pages.

import { el } from "./dom.js";
import { richText } from "./richtext.js";

/** A table block: its first row is the heading. */
export function table(block) {
  const settings = block.column_settings || [];
  const look = (index) => {
    const column = settings[index] || {};
    return `${column.align || ""} ${column.is_wrapped ? "wrapped" : ""}`.trim() || null;
  };
  const [head, ...rows] = block.rows;
  const line = (row, tag, scope) => el("tr", {}, row.map((cell, i) => el(tag, { class: look(i), scope }, content(cell))));
  return el("div", { class: "table-box", tabindex: 0, role: "region", "aria-label": "Table" }, el("table", { class: "table" },
    el("thead", {}, line(head, "th", "col")), el("tbody", {}, rows.map((row) => line(row, "td")))));
}

/** A data_table block: click a heading to sort, step through its pages. */
export function dataTable(block) {
  const [head, ...rows] = block.rows;
  const size = block.page_size || 5;
  const rowHead = block.row_header_column_index || 0;
  const state = { page: 0, by: null, down: false };
  const box = el("div", { class: "data-table" });
  const numbers = head.map((_, i) => rows.every((row) => row[i].type === "raw_number"));

  function sort(column) {
    state.down = state.by === column ? !state.down : numbers[column];
    state.by = column;
    state.page = 0;
    draw(column);
  }

  function draw(focus) {
    const shown = sorted(rows, state).slice(state.page * size, (state.page + 1) * size);
    const tag = (i) => (i === rowHead ? "th" : "td");
    const look = (i) => (numbers[i] ? "right" : null);
    const line = (row) => el("tr", {}, row.map((cell, i) => el(tag(i), { class: look(i), scope: i === rowHead ? "row" : null }, content(cell))));
    const heading = (cell, i) => el("th", { class: look(i), scope: "col", "aria-sort": state.by === i ? (state.down ? "descending" : "ascending") : null },
      el("button", { type: "button", class: "sort", onclick: () => sort(i) }, content(cell), el("span", { class: "arrow" }, state.by === i ? (state.down ? "↓" : "↑") : "")));
    box.replaceChildren(el("div", { class: "table-box", tabindex: 0, role: "region", "aria-label": block.caption }, el("table", { class: "table" },
      el("caption", {}, block.caption), el("thead", {}, el("tr", {}, head.map(heading))), el("tbody", {}, shown.map(line)))),
      pager(rows.length, size, state, draw) || "");
    if (focus !== undefined) box.querySelectorAll(".sort")[focus]?.focus();
  }

  draw();
  return box;
}

function pager(count, size, state, draw) {
  if (count <= size) return null;
  const last = Math.ceil(count / size) - 1;
  const step = (by, label, text) => el("button", { type: "button", class: "button small", disabled: state.page + by < 0 || state.page + by > last,
    "aria-label": label, onclick: () => { state.page += by; draw(); } }, text);
  const to = Math.min(count, (state.page + 1) * size);
  return el("div", { class: "pager" }, step(-1, "Previous page", "‹"), `${state.page * size + 1}–${to} of ${count}`, step(1, "Next page", "›"));
}

function sorted(rows, { by, down }) {
  if (by === null) return rows;
  const order = (a, b) => compare(plain(a[by]), plain(b[by]));
  return [...rows].sort((a, b) => (down ? order(b, a) : order(a, b)));
}

const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));

function plain(cell) {
  if (cell.type === "raw_number") return cell.value;
  return cell.type === "raw_text" ? cell.text : content(cell).textContent;
}

function content(cell) {
  if (cell.type === "rich_text") return richText(cell);
  if (cell.type === "raw_number") return cell.text || new Intl.NumberFormat().format(cell.value);
  return cell.text || "";
}
