// The app's own place: its Home tab, its messages, and what it can do.

import { blocks } from "./blocks.js";
import { atSpot, el, spotOf } from "./dom.js";
import { act } from "./link.js";
import { viewContext } from "./modals.js";
import { appDm, changed, store, unread } from "./store.js";

const TABS = [["home", "Home"], ["messages", "Messages"], ["about", "About"]];

const KEYS = [["F6", "From the sidebar to the messages, to where one writes, to the thread"], ["↑ ↓", "From message to message"], ["R", "React to a message"],
  ["T", "Open its thread"], ["Tab", "What can be pressed in it"], ["Esc", "Close what is on top"]];

/** Goes to the app; telling it, so that it can publish its Home. */
export function openHome() {
  store.place = { kind: "home", id: appDm()?.id || "" };
  store.homeTab = "home";
  store.thread = null;
  act("open_home", { user: store.me });
  changed();
}

/** The tabs of the app, for the header. */
export function tabs() {
  const pick = (name) => () => {
    store.homeTab = name;
    if (name !== "about") act("open_home", { user: store.me, tab: name });
    changed();
  };
  const keys = (event) => {
    const all = [...event.currentTarget.children];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) { const to = all[(all.indexOf(event.target) + step + all.length) % all.length]; to.focus(); to.click(); }
  };
  return el("div", { class: "tabs", role: "tablist", "aria-label": store.app.name, onkeydown: keys }, TABS.map(([name, label]) => el("button", {
    type: "button", role: "tab", class: "tab", id: `tab-${name}`, "aria-controls": name === "messages" ? "talk" : "home", tabindex: store.homeTab === name ? 0 : -1, "aria-selected": String(store.homeTab === name), onclick: pick(name),
  }, label, name === "messages" && unread(appDm()?.id) && store.homeTab !== name ? el("span", { class: "badge" }, String(unread(appDm().id))) : null)));
}

/** The Home tab (or About), kept as it is until it changes. */
export function showHome(box) {
  const view = store.homes.get(store.me);
  const version = JSON.stringify([store.homeTab, store.me, view]);
  if (box.version === version) return;
  box.version = version;
  const spot = spotOf(box);
  box.setAttribute("aria-labelledby", `tab-${store.homeTab}`);
  box.replaceChildren(store.homeTab === "about" ? about() : view ? home(view) : empty());
  if (spot) (atSpot(box, spot) || box).focus({ preventScroll: true });
}

const home = (view) => el("div", { class: "home", data: { viewId: view.id } }, blocks(view.blocks, viewContext(view)));
const empty = () => el("div", { class: "home empty" }, el("p", {}, `${store.app.name} has not published its Home yet.`));

function about() {
  const commands = store.app.commands.map((each) => [el("dt", {}, el("code", {}, `${each.command} ${each.usage_hint}`)), el("dd", {}, each.description)]);
  return el("div", { class: "home about" }, el("h2", {}, store.app.name), el("h3", {}, "Commands"), el("dl", {}, commands), el("h3", {}, "Keys"), el("dl", { class: "keys" }, KEYS.map(([key, what]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)])));
}
