// A small question before something is done: the confirm object of Block Kit.

import { text } from "./blocks.js";
import { el } from "./dom.js";

/** Asks; resolves to whether the user agreed. */
export function confirm(asked) {
  return new Promise((done) => {
    const before = document.activeElement;
    const rest = [...document.querySelectorAll("#app, #modals")].filter((each) => !each.inert);
    const end = (answer) => { for (const each of rest) each.inert = false; box.remove(); before?.focus(); done(answer); };
    const yes = el("button", { type: "button", class: `button ${asked.style === "danger" ? "danger" : "primary"}`, onclick: () => end(true) }, text(asked.confirm));
    const no = el("button", { type: "button", class: "button", onclick: () => end(false) }, text(asked.deny));
    const box = el("div", { class: "overlay", onkeydown: (event) => keys(event, [no, yes], end) },
      el("div", { class: "dialog small-dialog", role: "alertdialog", "aria-modal": "true", "aria-label": asked.title.text, "aria-describedby": "asked" },
        el("div", { class: "dialog-head" }, el("h2", {}, text(asked.title))),
        el("div", { class: "dialog-body" }, el("p", { id: "asked" }, text(asked.text))),
        el("div", { class: "dialog-foot" }, no, yes)));
    document.body.append(box);
    for (const each of rest) each.inert = true;
    yes.focus();
  });
}

function keys(event, buttons, end) {
  event.stopPropagation();
  if (event.key === "Escape") end(false);
  if (event.key === "Tab") {
    event.preventDefault();
    buttons[document.activeElement === buttons[0] ? 1 : 0].focus();
  }
}
