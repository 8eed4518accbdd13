// The page: starts the line, and shows the place its user is looking at.

import { composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { showHome, tabs } from "./home.js";
import { connect } from "./link.js";
import { closeMenu } from "./menu.js";
import { showMessages } from "./messages.js";
import { mrkdwn } from "./mrkdwn.js";
import { closeModal, modalOpen, showModals } from "./modals.js";
import { showPrompts } from "./prompts.js";
import { become, goTo, showSidebar } from "./sidebar.js";
import { apply, appDm, channels, dms, markRead, people, said, store, subscribe, timeline, unread } from "./store.js";
import { closeThread, threadPane } from "./thread.js";

const MOST = 200;
const at = (id) => document.getElementById(id);
const list = el("div", { class: "messages", id: "messages" });
const earlier = el("button", { type: "button", class: "button small earlier", hidden: true, onclick: () => { limit += MOST; render(); } }, "Show earlier messages");
const scroller = el("div", { class: "scroller", id: "talk", tabindex: -1, role: "region" }, el("div", { class: "push" }), el("div", {}, earlier), el("div", { class: "intro", id: "intro" }), el("div", { class: "list-box" }, list));
const latest = el("button", { type: "button", class: "latest", hidden: true, onclick: () => { scroller.scrollTop = scroller.scrollHeight; } }, "Jump to the latest ↓");
const home = el("div", { class: "scroller", id: "home", role: "tabpanel", tabindex: -1, hidden: true });
const write = composer("composer", () => ({ channel: here(), label: `Message ${title()}` }));
const suggested = el("div", { class: "prompts", id: "prompts", role: "group", "aria-label": "Suggestions", hidden: true });
const showThread = threadPane(at("thread"));
let limit = MOST;
let shown = "";
let stuck = true;
let newest = "";

const here = () => (store.place.kind === "home" ? appDm()?.id : store.place.id);
const talking = () => store.place.kind === "channel" || store.homeTab === "messages";

function title() {
  if (store.place.kind === "home") return store.app.name;
  const channel = store.channels.get(store.place.id);
  if (!channel) return "";
  if (channel.name) return `#${channel.name}`;
  const other = dms(false).find(([each]) => each.id === channel.id);
  return other ? other[1].real_name : store.app.name;
}

function header() {
  const channel = store.channels.get(store.place.id) || {};
  const version = JSON.stringify([store.place, store.homeTab, channel, store.me, unread(appDm()?.id)]);
  if (at("header").version === version) return;
  at("header").version = version;
  const back = el("button", { type: "button", class: "plain-button to-side", "aria-label": "Channels", onclick: () => { at("app").dataset.pane = "side"; } }, icon("back"));
  const focused = document.activeElement?.textContent;
  const about = store.place.kind === "home" ? tabs() : el("p", { class: "topic" }, channel.topic || "");
  at("header").replaceChildren(back, el("div", { class: "head-text" }, el("h2", {}, title()), about),
    channel.name ? el("span", { class: "members", title: channel.members.map((id) => store.users.get(id)?.real_name).join(", ") }, `${channel.members.length} members`) : "");
  at("header").classList.toggle("tabbed", store.place.kind === "home");
  [...at("header").querySelectorAll("[role=tab]")].find((tab) => tab.textContent === focused)?.focus();
}

function messages() {
  const channel = here();
  const key = `${store.me} ${channel}`;
  const fresh = key !== shown;
  if (fresh) { list.replaceChildren(); limit = MOST; }
  const all = timeline(channel);
  earlier.hidden = all.length <= limit;
  at("intro").textContent = all.length ? "" : `This is the very beginning of ${title()}.`;
  scroller.setAttribute("aria-label", `Messages, ${title()}`);
  showMessages(list, all.slice(-limit));
  const last = all[all.length - 1];
  const mine = last && last.ts !== newest && (last.user === store.me || last.ephemeral);
  newest = last ? last.ts : "";
  if (fresh || stuck || mine) toEnd();
  shown = key;
  if (document.visibilityState === "visible") markRead(channel);
}

/** To the end; what is taller than the screen is read from its top. */
function toEnd() {
  const last = list.lastElementChild;
  const tall = last && last.offsetHeight > scroller.clientHeight - 24;
  if (tall) scroller.scrollTop += last.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  else scroller.scrollTop = scroller.scrollHeight;
}

/** Stays at the end while there, whatever grows; elsewhere offers a way back. */
function follow() {
  const away = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  stuck = away < 80;
  latest.hidden = away < 400 || scroller.hidden;
}

function render() {
  if (!store.ready) return;
  const talk = talking();
  scroller.hidden = write.hidden = !talk;
  home.hidden = talk;
  header();
  suggested.hidden = !talk;
  if (talk) { messages(); write.update(); showPrompts(suggested, here()); } else { showHome(home); shown = ""; }
  showThread();
  at("app").dataset.thread = store.thread ? "open" : "";
  showSidebar(at("sidebar"));
  showModals(at("modals"));
  document.title = `${title()} · ${store.team}`;
}

/** A word from the workspace itself, gone again after a while. */
function notice(text) {
  const node = el("div", { class: "notice" }, text);
  at("notices").append(node);
  setTimeout(() => node.remove(), 6000);
}

/** Says a new message to those who listen instead of looking. */
function speak({ channel, user, author, text }) {
  const who = user === store.me && !author ? "" : store.users.get(author || user)?.real_name;
  if (!who || (channel !== here() && channel !== store.thread?.channel)) return;
  at("spoken").replaceChildren(el("p", {}, who, ": ", mrkdwn(text)));
}

/** Goes round the parts of the page: F6, and back with Shift. */
function round(event) {
  const stops = ["#sidebar [aria-current=page]", "#main .message[tabindex='0'], #home", "#composer", "#thread .message[tabindex='0']", "#thread-composer"];
  const there = stops.map((each) => document.querySelector(each)).filter((node) => node?.offsetParent);
  const now = there.findLastIndex((node) => node.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING || node === document.activeElement);
  event.preventDefault();
  there[(now + (event.shiftKey ? -1 : 1) + there.length) % there.length]?.focus();
}

/** The place an address names: /archives/CHANNEL/p1234567890123456?thread_ts=…, ?user=ola. */
function route() {
  const [, , channel, message] = location.pathname.split("/");
  const query = new URLSearchParams(location.search);
  const wanted = people().find((each) => each.name === query.get("user"));
  if (wanted) become(wanted.id);
  if (!store.channels.has(channel)) return;
  goTo(channel);
  const ts = message ? `${message.slice(1, -6)}.${message.slice(-6)}` : "";
  const thread = query.get("thread_ts") || (said(channel).get(ts)?.reply_count ? ts : "");
  if (thread) store.thread = { channel, ts: thread };
  render();
  const node = ts && document.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  if (node) { node.scrollIntoView({ block: "center" }); node.classList.add("found"); }
}

function hear(change) {
  const first = change.change === "hello" && !store.ready;
  if (change.change === "reset") { location.reload(); return; }
  if (change.change === "notice" && change.user === store.me) notice(change.text);
  const fresh = change.message ? !said(change.message.channel).has(change.message.ts) : change.ephemeral?.user === store.me;
  apply(change);
  if (fresh && store.ready) speak(change.message || change.ephemeral);
  if (first) route();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "F6" && !modalOpen()) round(event);
  if (event.key !== "Escape" || closeMenu()) return;
  if (modalOpen()) closeModal();
  else if (store.thread) closeThread();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-channel]");
  if (!link) return;
  event.preventDefault();
  if (channels().some((each) => each.id === link.dataset.channel)) goTo(link.dataset.channel);
});
document.addEventListener("visibilitychange", render);
scroller.addEventListener("scroll", follow);
const resized = new ResizeObserver(() => { if (stuck) toEnd(); else follow(); });
resized.observe(scroller);
resized.observe(list);
at("place").append(scroller, latest, home);
at("compose").append(suggested, write);
subscribe(render);
connect(hear);
