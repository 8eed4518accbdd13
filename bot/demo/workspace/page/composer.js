// Where one writes: Enter sends, Shift+Enter breaks the line, suggestions come while typing.

import { suggestions } from "./completion.js";
import { el, icon } from "./dom.js";
import { act } from "./link.js";
import { store } from "./store.js";

/** A composer; `target()` says where it writes: `{channel, thread_ts, label}`. */
export function composer(id, target) {
  const box = el("textarea", { id, rows: 1, spellcheck: "true", autocomplete: "off", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list` });
  const list = el("div", { id: `${id}-list`, role: "listbox", "aria-label": "Suggestions" });
  const foot = el("div", { class: "completion-foot", "aria-hidden": "true" }, el("kbd", {}, "↑↓"), " move ", el("kbd", {}, "Tab"), " complete ", el("kbd", {}, "Esc"), " close");
  const panel = el("div", { class: "completion", hidden: true }, list, foot);
  const button = el("button", { type: "submit", class: "send", "aria-label": "Send", disabled: true }, icon("send"));
  const picker = el("input", { type: "file", hidden: true, "aria-hidden": "true", tabindex: -1, onchange: () => { share(picker.files); picker.value = ""; } });
  const clip = el("button", { type: "button", class: "attach", "aria-label": "Attach a file", onclick: () => picker.click() }, icon("file"));
  const form = el("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); send(); } }, panel,
    el("div", { class: "composer-box" }, box, el("div", { class: "composer-bar" }, el("span", { class: "composer-hint" }, el("kbd", {}, "/"), " for commands, ", el("kbd", {}, "@"), " to mention"), el("span", { class: "composer-buttons" }, picker, clip, button))));
  const state = { offers: [], at: 0, moved: false };
  const drafts = new Map();
  let place = "";

  function offer() {
    state.offers = suggestions(box.value.slice(0, box.selectionStart));
    state.at = 0;
    state.moved = false;
    draw();
  }

  function draw() {
    panel.hidden = state.offers.length === 0;
    box.setAttribute("aria-expanded", String(!panel.hidden));
    list.replaceChildren(...state.offers.map((each, i) => el("button", { type: "button", role: "option", id: `${id}-option-${i}`, tabindex: -1, class: "option", "aria-selected": String(i === state.at),
      onpointerdown: (event) => { event.preventDefault(); take(i); } },
      each.app ? el("img", { class: "avatar tiny", src: "/page/icon.svg", alt: "" }) : null, el("strong", {}, each.label), el("span", {}, each.note || ""))));
    list.children[state.at]?.scrollIntoView({ block: "nearest" });
    if (panel.hidden) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `${id}-option-${state.at}`);
  }

  function take(index) {
    box.value = state.offers[index].text + box.value.slice(box.selectionStart);
    const end = state.offers[index].text.length;
    box.setSelectionRange(end, end);
    box.focus();
    typed();
  }

  function typed() {
    button.disabled = !box.value.trim();
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 240)}px`;
    offer();
  }

  function whole() {
    const text = box.value.trim();
    return state.moved || (text.startsWith("/") && !store.app.commands.some((each) => text === each.command || text.startsWith(`${each.command} `)) && !text.includes(" "));
  }

  function keys(event) {
    const open = state.offers.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      state.at = (state.at + (event.key === "ArrowDown" ? 1 : -1) + state.offers.length) % state.offers.length;
      state.moved = true;
      draw();
    } else if (open && event.key === "Tab") {
      event.preventDefault();
      take(state.at);
    } else if (open && event.key === "Escape") {
      event.stopPropagation();
      state.offers = [];
      draw();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (open && whole()) take(state.at);
      else send();
    }
  }

  async function send() {
    const text = box.value.trim();
    if (!text) return;
    const { channel, thread_ts: thread } = target();
    box.value = "";
    typed();
    const command = /^\/[a-z]/.test(text);
    const answer = await act(command ? "command" : "message", { user: store.me, channel, text, thread_ts: thread });
    if (answer.error === "not_connected" && !box.value) { box.value = text; typed(); }
  }

  /** Drops files where one writes, each as a message of its own. */
  async function share(files) {
    const { channel, thread_ts: thread } = target();
    for (const file of files) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
      await act("share_file", { user: store.me, channel, thread_ts: thread, name: file.name, base64 });
    }
  }

  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => { event.preventDefault(); share(event.dataTransfer.files); });
  box.addEventListener("input", typed);
  box.addEventListener("keydown", keys);
  box.addEventListener("blur", () => { state.offers = []; draw(); });
  form.update = () => {
    const { channel, thread_ts: thread, label } = target();
    const now = `${store.me} ${channel} ${thread || ""}`;
    box.placeholder = label;
    box.setAttribute("aria-label", label);
    if (now === place) return;
    if (place) drafts.set(place, box.value);
    place = now;
    box.value = drafts.get(now) || "";
    typed();
  };
  return form;
}
