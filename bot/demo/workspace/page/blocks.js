// Block Kit as nodes: one function a block type. What is pressed goes to the context.

import { chart } from "./chart.js";
import { el } from "./dom.js";
import { element } from "./elements.js";
import { inputElement } from "./inputs.js";
import { markdown } from "./markdown.js";
import { glyph, mrkdwn } from "./mrkdwn.js";
import { known } from "./emoji.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./table.js";

/**
 * All blocks of a message or view. The context knows what to do with what people press or type:
 * `{act(body), draft(block_id, action_id), change(block_id, action_id, value), errors}`.
 */
export function blocks(list, context) {
  return el("div", { class: "blocks" }, (list || []).map((block) => {
    const build = BLOCKS[block.type] || unknown;
    return el("div", { class: `block ${block.type}`, data: { blockId: block.block_id } }, build(block, context));
  }));
}

/** A text object: mrkdwn, or plain text with its emoji. */
export function text(object) {
  if (!object) return null;
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return plain(object.text);
}

/** Plain text: line breaks and :emoji: are all that is read into it. */
export function plain(given) {
  return String(given).split(/(\n|:[a-z0-9_+'-]+:)/).map((part) => {
    if (part === "\n") return el("br");
    const name = part.slice(1, -1);
    return part.length > 2 && part.startsWith(":") && part.endsWith(":") && known(name) ? glyph(name) : part;
  });
}

const BLOCKS = {
  section: (block, context) => [
    el("div", { class: "section-text" },
      block.text ? el("div", { class: "text" }, text(block.text)) : null,
      block.fields ? el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "field" }, text(field)))) : null),
    block.accessory ? el("div", { class: "accessory" }, accessory(block, context)) : null,
  ],
  header: (block) => el("h3", { class: "header-text" }, text(block.text)),
  divider: () => el("hr"),
  context: (block) => block.elements.map((each) => (each.type === "image" ? image(each, "context-image") : el("span", { class: "context-text" }, text(each)))),
  actions: (block, context) => block.elements.map((each) => element(block, each, context)),
  context_actions: (block, context) => block.elements.map((each) => element(block, each, context)),
  image: (block) => el("figure", { class: "picture" }, block.title ? el("figcaption", {}, text(block.title)) : null, image(block, "picture-image")),
  input: (block, context) => input(block, context),
  rich_text: (block) => richText(block),
  table: (block) => table(block),
  data_table: (block) => dataTable(block),
  data_visualization: (block) => chart(block),
  markdown: (block) => markdown(block.text),
};

const unknown = (block) => el("div", { class: "unknown" }, `(${block.type})`);

function accessory(block, context) {
  return block.accessory.type === "image" ? image(block.accessory, "thumb") : element(block, block.accessory, context);
}

function image(each, name) {
  return el("img", { class: name, src: source(each), alt: each.alt_text, title: each.alt_text, loading: "lazy", referrerpolicy: "no-referrer" });
}

/** Where a picture comes from: https, or a file uploaded here. */
function source(each) {
  const file = each.slack_file || {};
  if (file.id) return `/files-pri/${encodeURIComponent(file.id)}/picture`;
  const url = file.url || each.image_url || "";
  return /^(https?:\/\/|data:image\/)/.test(url) ? url : "";
}

function input(block, context) {
  const id = `${block.block_id}-${block.element.action_id}`;
  const error = context.errors[block.block_id];
  const hint = block.hint ? el("p", { class: "hint", id: `${id}-hint` }, text(block.hint)) : null;
  const wrong = error ? el("p", { class: "error", id: `${id}-error`, role: "alert" }, error) : null;
  const described = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ");
  const dispatch = block.dispatch_action ? (value) => context.act({ block_id: block.block_id, action_id: block.element.action_id, value }) : null;
  const required = !block.optional;
  const field = inputElement(block, block.element, context, { id, described, invalid: Boolean(error), dispatch, required });
  const label = el("label", { for: id, id: `${id}-label` }, text(block.label), block.optional ? el("span", { class: "optional" }, " (optional)") : null);
  return el("div", { class: error ? "input wrong" : "input" }, label, field, wrong, hint);
}
