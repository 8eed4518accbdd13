// The left side: the workspace, who one is, channels, people, the app.

import { avatar } from "./avatar.js";
import { el } from "./dom.js";
import { openHome } from "./home.js";
import { changed, channels, dms, me, people, store, unread } from "./store.js";

/** Goes to a channel or to direct messages. */
export function goTo(id) {
  store.place = { kind: "channel", id };
  store.thread = null;
  document.getElementById("app").dataset.pane = "main";
  changed();
}

/** Becomes another user: the same workspace through their eyes. */
export function become(id) {
  const other = store.place.kind === "home";
  const channel = store.channels.get(store.place.id);
  store.me = id;
  store.thread = null;
  if (other) openHome();
  else if (!channel || !channel.members.includes(id)) goTo(channels()[0].id);
  changed();
}

/** Shows the sidebar as it is now. */
export function showSidebar(side) {
  const seen = [store.me, store.place.kind, store.place.id, store.connected, store.lost];
  const counts = [...store.channels.keys()].map(unread);
  const version = JSON.stringify([seen, counts, store.app.name, [...store.channels.keys()]]);
  if (side.version === version) return;
  side.version = version;
  const focused = side.contains(document.activeElement) ? document.activeElement.dataset.go : null;
  side.replaceChildren(head(), el("div", { class: "side-scroll" },
    section("Channels", channels().filter((each) => each.members.includes(store.me)).map((each) => row(each.id, el("span", { class: "hash" }, "#"), each.name))),
    section("Direct messages", dms(false).map(([channel, other]) => row(channel.id, avatar(other.id, "small"), other.real_name))),
    section("Apps", app())), foot());
  if (focused) side.querySelector(`[data-go="${CSS.escape(focused)}"]`)?.focus();
}

function head() {
  const users = people().map((each) => el("button", {
    type: "button", class: "user", data: { user: each.name, go: `user-${each.id}` }, "aria-pressed": String(each.id === store.me), title: `Be ${each.real_name}`, onclick: () => become(each.id),
  }, avatar(each.id, "small"), el("span", {}, each.real_name.split(" ")[0])));
  return el("div", { class: "side-head" }, el("h1", {}, store.team), el("div", { class: "users", role: "group", "aria-label": "You are" }, users));
}

const section = (title, rows) => el("section", {}, el("h2", {}, title), el("ul", {}, rows));

function row(id, mark, name, go = () => goTo(id), here = store.place.kind === "channel" && store.place.id === id) {
  const fresh = unread(id);
  return el("li", {}, el("button", { type: "button", class: fresh ? "place unread" : "place", "aria-current": here ? "page" : null, data: { go: id }, onclick: go },
    mark, el("span", { class: "place-name" }, name), fresh ? el("span", { class: "badge", "aria-label": `${fresh} unread` }, String(fresh)) : null));
}

function app() {
  const [channel] = dms(true).map(([each]) => each);
  if (!channel) return [];
  const go = () => {
    document.getElementById("app").dataset.pane = "main";
    openHome();
  };
  return [row(channel.id, avatar(store.app.user, "small"), store.app.name, go, store.place.kind === "home")];
}

function foot() {
  const [look, words] = store.lost ? ["off", "The workspace has stopped"] : store.connected ? ["on", `${store.app.name} is connected`] : ["off", `${store.app.name} is not connected`];
  return el("div", { class: `side-foot ${look}`, title: `You are ${me().real_name}` }, el("span", { class: "light" }), el("span", {}, words), el("small", {}, "Local workspace: nothing leaves this machine"));
}
