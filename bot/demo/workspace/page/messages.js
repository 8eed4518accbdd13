// A list of messages: who, when, what, and what people did with it.

import { avatar } from "./avatar.js";
import { blocks } from "./blocks.js";
import { dayOf, dayTitle, fullTime, stampOf, timeOf, whenOf } from "./dates.js";
import { el, icon, keyed } from "./dom.js";
import { emoji, PICKER, QUICK } from "./emoji.js";
import { act } from "./link.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { changed, store, userName } from "./store.js";

const TOGETHER = 300;
const drafts = new Map();

/** Shows messages in `box`, days apart, an author's own together. */
export function showMessages(box, messages, { thread = false } = {}) {
  const items = [];
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    const newDay = !before || dayOf(before.ts) !== dayOf(message.ts);
    if (newDay && !thread) items.push(day(message.ts));
    const close = Boolean(before) && !newDay && together(before, message);
    const stamp = thread ? stampOf(message.ts) : timeOf(message.ts);
    const version = JSON.stringify([message, close, store.me, thread, stamp]);
    items.push({ key: message.ts, version, build: () => node(message, close, thread, stamp) });
  });
  keyed(box, items);
  rove(box);
}

/** One message of a list is in the tab order; arrows go to the others, R reacts, T opens the thread. */
function rove(box) {
  if (!box.onkeydown) {
    box.onkeydown = keys;
    box.addEventListener("focusin", (event) => { const at = event.target.closest(".message"); if (at) here(box, at); });
    box.addEventListener("click", tap);
  }
  const all = [...box.querySelectorAll(".message")];
  if (!all.some((each) => each.tabIndex === 0) && all.length) here(box, all[all.length - 1]);
}

/** Where nothing hovers, a tap on a message shows its tools; what is pressed inside it does not. */
function tap(event) {
  const pressed = event.target.closest("button, a, input, select, textarea");
  for (const each of event.currentTarget.querySelectorAll(".tapped")) each.classList.remove("tapped");
  const tools = event.target.closest(".tools");
  if (!pressed || tools) event.target.closest(".message")?.classList.add("tapped");
}

function here(box, message) {
  for (const each of box.querySelectorAll(".message[tabindex='0']")) each.tabIndex = -1;
  message.tabIndex = 0;
}

function keys(event) {
  const message = event.target;
  if (!message.matches(".message") || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...event.currentTarget.querySelectorAll(".message")];
  const to = { ArrowUp: all.indexOf(message) - 1, ArrowDown: all.indexOf(message) + 1, Home: 0, End: all.length - 1 }[event.key];
  const press = { r: ".tools [aria-haspopup]", t: "[data-reply]", Enter: "[data-reply]" }[event.key];
  if (to === undefined && !press) return;
  event.preventDefault();
  if (press) message.querySelector(press)?.click();
  else all[to]?.focus();
}

function day(ts) {
  const title = dayTitle(ts);
  return { key: `day-${dayOf(ts)}`, version: title, build: () => el("div", { class: "day", role: "separator" }, el("span", {}, title)) };
}

function together(before, message) {
  const plain = (each) => !each.ephemeral && each.subtype !== "channel_join" && !each.reply_count;
  return before.user === message.user && plain(before) && plain(message) && Number(message.ts) - Number(before.ts) < TOGETHER && !(message.blocks || []).length;
}

function node(message, close, thread, stamp) {
  const user = store.users.get(message.user) || {};
  const look = ["message", message.ephemeral && "ephemeral", close && "close"].filter(Boolean).join(" ");
  const time = el("time", { title: fullTime(message.ts) }, stamp);
  const head = close ? null : el("div", { class: "who" }, el("strong", {}, userName(message.user)), user.is_bot ? el("span", { class: "app" }, "APP") : null, time);
  return el("article", { class: look, data: { ts: message.ts, user: message.user }, tabindex: -1, "aria-label": `${userName(message.user)}, ${stamp}${message.ephemeral ? ", only visible to you" : ""}` },
    el("div", { class: "gutter" }, close ? el("time", { title: fullTime(message.ts) }, timeOf(message.ts)) : avatar(message.user)),
    el("div", { class: "body" }, whisper(message), head, content(message), files(message), reactions(message), thread ? null : threadLink(message)),
    message.ephemeral ? null : tools(message, thread));
}

const whisper = (message) => (message.ephemeral ? el("div", { class: "whisper" }, icon("eye"), "Only visible to you") : null);

function content(message) {
  const edited = message.edited && !message.ephemeral ? el("span", { class: "edited", title: fullTime(message.edited.ts) }, "(edited)") : null;
  const context = contextOf(message);
  if ((message.blocks || []).length) return el("div", { class: "content" }, blocks(message.blocks, context), edited);
  return el("div", { class: message.subtype === "channel_join" ? "content text muted" : "content text" }, mrkdwn(message.text), edited ? [" ", edited] : null);
}

/** What happens to what is pressed in a message. */
function contextOf(message) {
  if (!drafts.has(message.ts)) drafts.set(message.ts, {});
  const held = drafts.get(message.ts);
  return {
    errors: {},
    draft: (block, action) => (held[block] || {})[action],
    change: (block, action, value) => { held[block] = { ...held[block], [action]: value }; },
    act: (body) => act("action", { user: store.me, channel: message.channel, ts: message.ts, values: held, ...body }),
  };
}

function files(message) {
  return (message.files || []).map((file) => {
    const href = new URL(file.url_private).pathname;
    if (/^image\/(png|jpeg|gif)$/.test(file.mimetype)) {
      return el("figure", { class: "picture" }, el("figcaption", {}, file.title), el("img", { class: "picture-image", src: href, alt: file.alt_txt || file.title }));
    }
    return el("a", { class: "file", href, download: file.name }, icon("file"), el("span", {}, el("strong", {}, file.title), el("small", {}, `${Math.max(1, Math.round(file.size / 1024))} kB`)));
  });
}

function reactions(message) {
  const given = message.reactions || [];
  if (!given.length) return null;
  return el("div", { class: "reactions" }, given.map((each) => {
    const mine = each.users.includes(store.me);
    return el("button", { type: "button", class: mine ? "reaction mine" : "reaction", data: { reaction: each.name }, "aria-pressed": String(mine),
      title: `${each.users.map(userName).join(", ")} reacted with :${each.name}:`, "aria-label": `${each.name}, ${each.count}`, onclick: () => react(message, each.name, mine) },
      el("span", { class: "emoji" }, emoji(each.name)), String(each.count));
  }), more(message, "reaction add"));
}

const react = (message, name, remove) => act("react", { user: store.me, channel: message.channel, ts: message.ts, name, remove });

function toggle(message, name) {
  const given = (message.reactions || []).find((each) => each.name === name);
  react(message, name, Boolean(given && given.users.includes(store.me)));
}

function more(message, look) {
  const button = el("button", { type: "button", class: look, title: "Add a reaction", "aria-label": "Add a reaction", "aria-haspopup": "menu" }, icon("smile"));
  button.addEventListener("click", () => openMenu(button, PICKER.map((name) => ({
    label: emoji(name), title: `:${name}:`, value: name, pick: () => toggle(message, name),
  })), { grid: true }));
  return button;
}

function tools(message, thread) {
  const quick = QUICK.map((name) => el("button", { type: "button", class: "tool", title: `:${name}:`, "aria-label": `React with ${name}`, data: { quick: name }, onclick: () => toggle(message, name) }, emoji(name)));
  const reply = thread ? null : el("button", { type: "button", class: "tool", title: "Reply in thread", "aria-label": "Reply in thread", data: { reply: message.ts }, onclick: () => openThread(message) }, icon("reply"));
  return el("div", { class: "tools", role: "group", "aria-label": "Message actions" }, quick, more(message, "tool"), reply);
}

function threadLink(message) {
  if (message.broadcast) return el("button", { type: "button", class: "thread-link", onclick: () => openThread(message) }, "Replied to a thread");
  if (!message.reply_count) return null;
  const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return el("button", { type: "button", class: "thread-link", data: { thread: message.ts }, onclick: () => openThread(message) },
    message.reply_users.map((id) => avatar(id, "tiny")), el("span", { class: "count" }, count), el("span", { class: "last" }, `Last reply ${whenOf(message.latest_reply)}`));
}

/** Opens the thread a message starts or belongs to. */
export function openThread(message) {
  store.thread = { channel: message.channel, ts: message.thread_ts || message.ts };
  changed();
}
