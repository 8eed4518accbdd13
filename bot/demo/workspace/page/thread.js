// The pane on the right: one thread, its parent first, and a composer of its own.

import { composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { showMessages } from "./messages.js";
import { changed, said, store, timeline } from "./store.js";

let shown = "";

/** Closes the thread; the focus goes back to the message it hangs under. */
export function closeThread() {
  const { ts } = store.thread || {};
  const inside = document.activeElement === document.body || document.getElementById("thread").contains(document.activeElement);
  store.thread = null;
  changed();
  const root = inside && ts && document.querySelector(`#messages [data-ts="${CSS.escape(ts)}"]`);
  if (root) (root.querySelector("[data-thread]") || root).focus({ preventScroll: true });
}

/** Builds the pane once; returns what shows the thread that is open. */
export function threadPane(pane) {
  const where = el("span", { class: "where" });
  const list = el("div", { class: "messages", id: "thread-messages" });
  const count = el("div", { class: "count-line", role: "separator" });
  const parent = el("div", { class: "messages parent" });
  const scroller = el("div", { class: "scroller", tabindex: -1, role: "region", "aria-label": "Messages in the thread" }, el("div", {}, parent), count, el("div", { class: "thread-list" }, list));
  const write = composer("thread-composer", () => ({ channel: store.thread?.channel, thread_ts: store.thread?.ts, label: "Reply…" }));
  const close = el("button", { type: "button", class: "plain-button", "aria-label": "Close thread", onclick: closeThread }, icon("close"));
  pane.append(el("header", { class: "pane-head" }, el("h2", {}, "Thread ", where), close), scroller, write);
  return () => draw({ pane, where, list, count, parent, scroller, write });
}

function draw({ pane, where, list, count, parent, scroller, write }) {
  const { thread } = store;
  pane.hidden = !thread;
  if (!thread) { shown = ""; return; }
  const all = timeline(thread.channel, thread.ts);
  const root = said(thread.channel).get(thread.ts);
  if (!root && !all.length) { closeThread(); return; }
  const channel = store.channels.get(thread.channel);
  where.textContent = channel.name ? `#${channel.name}` : "";
  const replies = all.filter((each) => each.ts !== thread.ts);
  const spoken = replies.filter((each) => !each.ephemeral).length;
  count.textContent = spoken === 1 ? "1 reply" : `${spoken} replies`;
  count.hidden = !spoken;
  const fresh = shown !== `${thread.channel} ${thread.ts}`;
  if (fresh) { list.replaceChildren(); parent.replaceChildren(); }
  showMessages(parent, root ? [root] : [], { thread: true });
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  showMessages(list, replies, { thread: true });
  write.update();
  if (fresh) { scroller.scrollTop = 0; write.querySelector("textarea").focus({ preventScroll: true }); }
  else if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  shown = `${thread.channel} ${thread.ts}`;
}
