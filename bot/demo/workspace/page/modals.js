// Modals: the user's stack of views, the top one shown; what is typed stays until it closes.

import { blocks } from "./blocks.js";
import { atSpot, el, icon, spotOf } from "./dom.js";
import { plainValue } from "./inputs.js";
import { act } from "./link.js";
import { store } from "./store.js";

const drafts = new Map();
let shown = { id: "", version: "", back: null };

/** Shows the top modal of the user, or none. */
export function showModals(root) {
  const stack = store.views.get(store.me) || [];
  const view = stack[stack.length - 1];
  const version = view ? JSON.stringify([view, stack.length]) : "";
  if (version === shown.version) return;
  const fresh = !view || view.id !== shown.id;
  const back = shown.id ? shown.back : whereNow();
  const scroll = root.querySelector(".dialog-body")?.scrollTop || 0;
  const spot = spotOf(root);
  root.replaceChildren(...(view ? [overlay(view, stack.length)] : []));
  document.getElementById("app").inert = Boolean(view);
  shown = { id: view ? view.id : "", version, back: view ? back : null };
  if (!view) { drafts.clear(); goBack(back); return; }
  if (!fresh) root.querySelector(".dialog-body").scrollTop = scroll;
  const wrong = root.querySelector("[aria-invalid=true]");
  const same = !fresh && spot && atSpot(root, spot);
  const first = root.querySelector("[autofocus]") || root.querySelector(".dialog-body input, .dialog-body textarea, .dialog-body select") || root.querySelector(".dialog-foot button");
  (wrong || same || first)?.focus();
}

/** Back to what opened the modal; where that was built anew meanwhile, to its likeness. */
function goBack({ node, spot, ts }) {
  const again = node.isConnected ? node : atSpot(document, spot) || document.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  (again || document.getElementById("composer"))?.focus();
}

function whereNow() {
  const node = document.activeElement || document.body;
  return { node, spot: spotOf(document.body), ts: node.closest(".message")?.dataset.ts || "" };
}

/** Closes the top modal. */
export const closeModal = () => act("close_view", { user: store.me, view_id: shown.id });
export const modalOpen = () => Boolean(shown.id);

function overlay(view, depth) {
  const title = view.title.text;
  const errors = Object.keys(view.errors || {}).length;
  const close = el("button", { type: "button", class: "plain-button", "aria-label": depth > 1 ? "Back" : "Close", onclick: closeModal }, icon(depth > 1 ? "back" : "close"));
  const cancel = el("button", { type: "button", class: "button", onclick: closeModal }, view.close ? view.close.text : "Cancel");
  const submit = view.submit ? el("button", { type: "submit", class: "button primary", disabled: view.submit_disabled }, view.submit.text) : null;
  const form = el("form", { class: "dialog", role: "dialog", "aria-modal": "true", "aria-label": title, novalidate: true, data: { viewId: view.id, callbackId: view.callback_id },
    onsubmit: (event) => { event.preventDefault(); if (submit) send(view, submit); }, onkeydown: trap },
    el("div", { class: "dialog-head" }, depth > 1 ? close : null, el("img", { class: "avatar small", src: "/page/icon.svg", alt: "" }), el("h2", {}, title), depth > 1 ? null : close),
    el("div", { class: "dialog-body" }, errors ? el("p", { class: "dialog-error", role: "status" }, "Please mend what is marked below.") : null, blocks(view.blocks, viewContext(view))),
    el("div", { class: "dialog-foot" }, cancel, submit));
  return el("div", { class: "overlay" }, form);
}

/** What happens to what is pressed or typed in a view. */
export function viewContext(view) {
  if (!drafts.has(view.id)) drafts.set(view.id, {});
  const held = drafts.get(view.id);
  const kept = (block, action) => plainValue(((view.state.values || {})[block] || {})[action]);
  return {
    errors: view.errors || {},
    draft: (block, action) => (held[block] && action in held[block] ? held[block][action] : kept(block, action)),
    change: (block, action, value) => { held[block] = { ...held[block], [action]: value }; },
    act: (body) => act("action", { user: store.me, view_id: view.id, values: held, ...body }),
  };
}

async function send(view, button) {
  if (button.disabled) return;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  await act("submit_view", { user: store.me, view_id: view.id, values: drafts.get(view.id) || {} });
  button.disabled = false;
  button.removeAttribute("aria-busy");
}

/** Keeps Tab inside the modal; Esc closes it. */
function trap(event) {
  if (event.key === "Escape") {
    event.stopPropagation();
    closeModal();
  }
  if (event.key !== "Tab") return;
  const all = [...event.currentTarget.querySelectorAll("button, input, textarea, select, a[href], [tabindex='0']")].filter((each) => !each.disabled);
  const [first, last] = [all[0], all[all.length - 1]];
  if (event.shiftKey ? document.activeElement === first : document.activeElement === last) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}
