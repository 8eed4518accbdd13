// A menu that drops from a button: arrows move, Enter picks, Esc closes.

import { el } from "./dom.js";

const ROW = 8; // of a picker, as its style lays it out
let open = null;

/** Closes the menu that is open, if one is; says whether there was one. */
export function closeMenu() {
  if (!open) return false;
  const { node, anchor, away } = open;
  open = null;
  document.removeEventListener("pointerdown", away, true);
  node.remove();
  anchor.setAttribute("aria-expanded", "false");
  return true;
}

/** Opens a menu at `anchor`; items are `{label, note, value, pick}`. `grid` lays them out as a picker. */
export function openMenu(anchor, items, { grid = false } = {}) {
  const again = open && open.anchor === anchor;
  closeMenu();
  if (again) return;
  const buttons = items.map((item) => el("button", {
    type: "button", class: "menu-item", role: "menuitem", tabindex: -1, title: item.title, "aria-label": item.title, data: { value: item.value },
    onclick: () => { anchor.focus(); closeMenu(); item.pick(); },
  }, item.label, item.note ? el("small", {}, item.note) : null));
  const node = el("div", { class: grid ? "menu picker" : "menu", role: "menu", "aria-label": anchor.getAttribute("aria-label") || anchor.textContent, onkeydown: (event) => keys(event, buttons, anchor, grid ? ROW : 1) }, buttons);
  document.body.append(node);
  place(node, anchor);
  const away = (event) => { if (!node.contains(event.target) && !anchor.contains(event.target)) closeMenu(); };
  document.addEventListener("pointerdown", away, true);
  anchor.setAttribute("aria-expanded", "true");
  open = { node, anchor, away };
  buttons[0]?.focus();
}

function place(node, anchor) {
  const at = anchor.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, window.innerWidth - node.offsetWidth - 8));
  const below = at.bottom + 4 + node.offsetHeight < window.innerHeight;
  node.style.left = `${left}px`;
  node.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - node.offsetHeight - 4)}px`;
}

function keys(event, buttons, anchor, row) {
  const at = buttons.indexOf(document.activeElement);
  const steps = { ArrowDown: row, ArrowRight: 1, ArrowUp: -row, ArrowLeft: -1, Home: -at, End: buttons.length - 1 - at };
  if (event.key in steps) {
    event.preventDefault();
    buttons[(at + steps[event.key] + buttons.length) % buttons.length].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    anchor.focus(); // while its tools still show
    closeMenu();
  }
}
