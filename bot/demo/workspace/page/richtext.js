// rich_text blocks: sections, lists, quotes, preformatted text, and every element in them.

import { formatDate } from "./dates.js";
import { el } from "./dom.js";
import { broadcast, channelLink, glyph, link, mention } from "./mrkdwn.js";

/** A rich_text block (or cell). */
export function richText(block) {
  return el("div", { class: "rich-text" }, lists(block.elements || []));
}

function lists(elements) {
  let number = {};
  return elements.map((element) => {
    if (element.type !== "rich_text_list") number = {};
    return (PARTS[element.type] || (() => null))(element, number);
  });
}

const PARTS = {
  rich_text_section: (part) => el("div", { class: "rich-section" }, spans(part.elements)),
  rich_text_preformatted: (part) => el("pre", { class: "code" }, spans(part.elements)),
  rich_text_quote: (part) => el("blockquote", {}, spans(part.elements)),
  rich_text_list: (part) => {
    const tag = part.style === "ordered" ? "ol" : "ul";
    const items = part.elements.map((item) => el("li", {}, spans(item.elements)));
    const level = Math.min(part.indent || 0, 8);
    return el(tag, { class: `list indent-${level}`, start: tag === "ol" ? (part.offset || 0) + 1 : null }, items);
  },
};

const spans = (elements) => (elements || []).map(span);

function span(element) {
  const made = (SPANS[element.type] || (() => element.text || ""))(element);
  return styled(made, element.style || {});
}

const SPANS = {
  text: (each) => lined(each.text),
  link: (each) => link(each.url, each.text),
  user: (each) => mention(each.user_id),
  channel: (each) => channelLink(each.channel_id),
  usergroup: (each) => broadcast(each.usergroup_id),
  broadcast: (each) => broadcast(each.range),
  emoji: (each) => (each.unicode ? character(each) : glyph(each.name)),
  date: (each) => el("time", {}, formatDate(each.timestamp, each.format, each.fallback || "")),
  color: (each) => [swatch(each.value), each.value],
};

function character(each) {
  const points = each.unicode.split("-").map((code) => Number.parseInt(code, 16));
  const valid = points.every((point) => point > 0 && point <= 0x10ffff);
  return valid ? el("span", { class: "emoji", title: `:${each.name}:` }, String.fromCodePoint(...points)) : glyph(each.name);
}

function swatch(value) {
  const dot = el("span", { class: "swatch" });
  if (/^#[0-9a-f]{6}$/i.test(value)) dot.style.background = value;
  return dot;
}

/** Text with its line breaks, nothing else read into it. */
function lined(text) {
  return String(text).split("\n").flatMap((line, index) => (index ? [el("br"), line] : [line]));
}

function styled(node, style) {
  const tags = { code: "code", bold: "strong", italic: "em", strike: "del", underline: "u" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style[name] ? el(tag, {}, inner) : inner), node);
}
