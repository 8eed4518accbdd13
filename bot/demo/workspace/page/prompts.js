// What the app suggests to ask, above where one writes to it: a press sends it.

import { el } from "./dom.js";
import { act } from "./link.js";
import { store } from "./store.js";

/** Shows a conversation's suggestions in `box`; nothing where there are none. */
export function showPrompts(box, channel) {
  const found = store.prompts.get(channel);
  const version = JSON.stringify([channel, found, store.me]);
  if (box.version === version) return;
  box.version = version;
  box.hidden = !found;
  const send = (text) => act("message", { user: store.me, channel, text });
  box.replaceChildren(...(found ? [el("span", { class: "prompts-title" }, found.title),
    ...found.prompts.map((each) => el("button", { type: "button", class: "button small", title: each.message, onclick: () => send(each.message) }, each.title))] : []));
}
