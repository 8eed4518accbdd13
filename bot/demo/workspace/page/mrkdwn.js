// Slack's mrkdwn as nodes. Escape-first: text stays text, only known marks become elements.

import { formatDate } from "./dates.js";
import { el } from "./dom.js";
import { emoji, known } from "./emoji.js";
import { store, userName } from "./store.js";

const ATOM = /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+'-]+):/g;
const EDGE = "\\s\\p{P}\\p{S}\\uE000-\\uF8FF";
const MARK = new RegExp(`(^|[${EDGE}])([*_~])(?=\\S)([^\\n]*?[^\\s])\\2(?=$|[${EDGE}])`, "u");
const TAGS = { "*": "strong", _: "em", "~": "del" };

/** `& < >` back from how Slack stores them. */
export const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** A whole text: code blocks, quotes, lines. */
export function mrkdwn(text) {
  const clean = String(text).replace(/[\uE000-\uF8FF]/g, "\uFFFD");
  const parts = clean.split(/```/);
  const even = parts.length % 2 === 1;
  return parts.map((part, index) => {
    if (index % 2 === 1 && (even || index < parts.length - 1)) {
      return el("pre", { class: "code" }, unescape(part.replace(/^\n|\n$/g, "")));
    }
    return lines(index % 2 === 1 ? "```" + part : part);
  });
}

function lines(text) {
  const found = [];
  let quote = null;
  const all = text.split("\n");
  all.forEach((line, index) => {
    const quoted = /^(&gt;|>) ?/.exec(line);
    if (quoted) {
      if (!quote) found.push(quote = el("blockquote", {}));
      else quote.append(el("br"));
      quote.append(...inline(line.slice(quoted[0].length)));
      return;
    }
    if (!quote && index > 0) found.push(el("br"));
    quote = null;
    found.push(...inline(line));
  });
  return found;
}

/** One line: code, links, mentions, dates and emoji first, then bold, italic and strike. */
export function inline(text) {
  const atoms = [];
  const held = text.replace(ATOM, (whole, code, angle, name) => {
    const node = code !== undefined ? el("code", {}, unescape(code))
      : angle !== undefined ? reference(angle) : known(name) ? glyph(name) : null;
    if (!node) return whole;
    atoms.push(node);
    return String.fromCharCode(0xe000 + atoms.length - 1);
  });
  return marks(held, atoms);
}

function marks(text, atoms) {
  const found = MARK.exec(text);
  if (!found) return leaves(text, atoms);
  const start = found.index + found[1].length;
  const inner = el(TAGS[found[2]], {}, marks(found[3], atoms));
  return [
    ...leaves(text.slice(0, start), atoms), inner,
    ...marks(text.slice(start + found[3].length + 2), atoms),
  ];
}

function leaves(text, atoms) {
  return text.split(/([\uE000-\uF8FF])/).filter(Boolean).map((part) => {
    const atom = part.length === 1 ? atoms[part.charCodeAt(0) - 0xe000] : undefined;
    return atom || unescape(part);
  });
}

export const glyph = (name) => el("span", { class: "emoji", title: `:${name}:`, role: "img", "aria-label": name }, emoji(name));

function reference(inside) {
  const [target, label] = split(inside);
  if (target.startsWith("@")) return mention(target.slice(1));
  if (target.startsWith("#")) return channelLink(target.slice(1), label);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!")) return broadcast(target.slice(1), label);
  return link(unescape(target), label ? unescape(label) : undefined);
}

function split(inside) {
  const at = inside.indexOf("|");
  return at < 0 ? [inside, undefined] : [inside.slice(0, at), inside.slice(at + 1)];
}

function date(target, label) {
  const [, epoch, format, href] = target.split("^");
  const text = formatDate(epoch, unescape(format || ""), unescape(label || ""));
  return href ? link(unescape(href), text) : el("time", { title: label && unescape(label) }, text);
}

export const mention = (id) => el("span", { class: id === store.me ? "mention me" : "mention" }, `@${userName(id)}`);

export function channelLink(id, label) {
  const channel = store.channels.get(id);
  const name = channel ? channel.name : label || id;
  return el("a", { class: "mention", href: `/archives/${encodeURIComponent(id)}`, data: { channel: id } }, `#${name}`);
}

export function broadcast(name, label) {
  const words = { here: "@here", channel: "@channel", everyone: "@everyone" };
  return el("span", { class: "mention me" }, words[name] || label || `@${name}`);
}

/** A link, only where its address is one people can follow safely. */
export function link(href, label) {
  const safe = /^(https?:\/\/|mailto:)/i.test(href);
  if (!safe) return document.createTextNode(label || href);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, label || href.replace(/^mailto:/, ""));
}
