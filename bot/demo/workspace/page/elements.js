// What people press in a message: buttons, menus, selects, pickers.

import { text } from "./blocks.js";
import { confirm } from "./dialog.js";
import { el, icon } from "./dom.js";
import { inputElement, STATEFUL } from "./inputs.js";
import { openMenu } from "./menu.js";

/** One interactive element of a block. */
export function element(block, each, context) {
  const build = ELEMENTS[each.type] || (STATEFUL.has(each.type) ? chooser : () => el("span", { class: "unknown" }, `(${each.type})`));
  return build(block, each, context);
}

const ELEMENTS = {
  button: (block, each, context) => {
    const look = `button ${each.style || ""}`;
    const data = { actionId: each.action_id, value: each.value };
    const node = each.url
      ? el("a", { class: look, href: /^https?:\/\//.test(each.url) ? each.url : null, target: "_blank", rel: "noopener noreferrer", data, "aria-label": each.accessibility_label }, text(each.text))
      : el("button", { type: "button", class: look, data, "aria-label": each.accessibility_label }, text(each.text));
    node.addEventListener("click", () => press(node, block, each, context, each.value));
    return node;
  },
  icon_button: (block, each, context) => {
    const data = { actionId: each.action_id, value: each.value };
    const node = el("button", { type: "button", class: "button quiet", title: each.text.text, "aria-label": each.accessibility_label || each.text.text, data }, icon(each.icon === "trash" ? "trash" : "dots"));
    node.addEventListener("click", () => press(node, block, each, context, each.value));
    return node;
  },
  feedback_buttons: (block, each, context) => el("span", { class: "feedback" }, ["positive_button", "negative_button"].map((name) => {
    const button = each[name];
    const node = el("button", { type: "button", class: "button quiet", "aria-label": button.accessibility_label, data: { actionId: each.action_id, value: button.value } }, text(button.text));
    node.addEventListener("click", () => press(node, block, each, context, button.value));
    return node;
  })),
  overflow: (block, each, context) => {
    const node = el("button", { type: "button", class: "button overflow", "aria-label": "More actions", "aria-haspopup": "menu", data: { actionId: each.action_id } }, icon("dots"));
    node.addEventListener("click", () => openMenu(node, each.options.map((option) => ({
      label: option.text.text, note: option.description && option.description.text, value: option.value,
      pick: () => press(node, block, each, context, option.value),
    }))));
    return node;
  },
};

/** A select or picker outside a form: choosing is the action. */
function chooser(block, each, context) {
  const id = `${block.block_id}-${each.action_id}`;
  const dispatch = (value) => press(node, block, each, context, value);
  const label = (each.placeholder && each.placeholder.text) || "Choose";
  const node = inputElement(block, each, context, { id, described: "", invalid: false, dispatch, label });
  if (node.type === "date" || node.type === "time") return picker(node, label);
  node.classList.add("inline");
  if (node.tagName === "SELECT") node.addEventListener("keydown", (event) => showFirst(event, node));
  return node;
}

/** Choosing is the action: keys open the list, so that none of them chooses in passing. */
function showFirst(event, node) {
  const chooses = /^(Arrow(Up|Down)|Home|End|Page(Up|Down)|.)$/.test(event.key) && !event.ctrlKey && !event.metaKey;
  if (!chooses) return;
  event.preventDefault();
  node.showPicker?.();
}

/** A date or time as a button: the words first, the browser's own picker behind. */
function picker(node, label) {
  const shown = () => node.value || label;
  const button = el("button", { type: "button", class: "button picker-button", tabindex: -1, "aria-hidden": "true", onclick: () => { node.focus(); node.showPicker?.(); } }, icon("calendar"), el("span", {}, shown()));
  node.addEventListener("change", () => { button.lastChild.textContent = shown(); });
  node.classList.add("ghost");
  return el("span", { class: "picker-box" }, button, node);
}

async function press(node, block, each, context, value) {
  if (node.getAttribute("aria-busy") === "true") return;
  if (each.confirm && !(await confirm(each.confirm))) return;
  node.setAttribute("aria-busy", "true");
  await context.act({ block_id: block.block_id, action_id: each.action_id, value });
  node.removeAttribute("aria-busy");
}
