// Building nodes. Text only ever becomes text: nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") mark(node, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function mark(node, data) {
  for (const [name, value] of Object.entries(data)) {
    if (value !== undefined && value !== null) node.dataset[name] = value;
  }
}

/** An HTML element: `el("a", {class: "x", onclick: f, data: {ts}}, "text", node)`. */
export function el(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** An SVG element, in the same way. */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

const ICONS = {
  close: "M5 5l10 10M15 5L5 15",
  back: "M12.500 4.500L7 10l5.500 5.500",
  send: "M3 3.500l14.500 6.500L3 16.500l2-6.500zM5 10h6",
  reply: "M4 5.500h12v8H9.500L6 16.500v-3H4z",
  smile: "M10 2.800a7.200 7.200 0 1 0 0 14.400 7.200 7.200 0 0 0 0-14.400zM7.300 8.200v.1M12.700 8.200v.1M6.800 11.800c1.500 2.400 4.900 2.400 6.400 0",
  eye: "M2.500 10c3-5.500 12-5.500 15 0-3 5.500-12 5.500-15 0zM10 7.800a2.200 2.200 0 1 0 0 4.400 2.200 2.200 0 0 0 0-4.400z",
  dots: "M4.500 10h.01M10 10h.01M15.500 10h.01",
  home: "M3.500 9L10 3.500 16.500 9v7.500h-4.500v-4.500h-4v4.500H3.500z",
  file: "M5 2.500h6.500L15 6v11.500H5zM11.500 2.500V6H15",
  calendar: "M3.500 5h13v11.500h-13zM3.500 8.500h13M7 3v3.500M13 3v3.500",
  trash: "M4 5.500h12M8 5.500v-2h4v2M5.500 5.500l.8 11h7.400l.8-11",
};

/** A line icon, sized by the text around it. */
export function icon(name) {
  const path = svg("path", {
    d: ICONS[name], fill: "none", stroke: "currentColor", "stroke-linecap": "round",
    "stroke-linejoin": "round", "stroke-width": name === "dots" ? 2.6 : 1.5,
  });
  return svg("svg", { class: "icon", viewBox: "0 0 20 20", "aria-hidden": "true" }, path);
}

/** Keeps `box` showing `items`, by key: only what changed is built anew, focus and scroll stay. */
export function keyed(box, items) {
  const old = new Map([...box.children].map((node) => [node.dataset.key, node]));
  let before = null;
  for (const { key, version, build } of items) {
    let node = old.get(key);
    old.delete(key);
    if (!node || node.version !== version) {
      const fresh = build();
      fresh.dataset.key = key;
      fresh.version = version;
      if (node) swap(node, fresh);
      node = fresh;
    }
    const next = before ? before.nextSibling : box.firstChild;
    if (node !== next) box.insertBefore(node, next);
    before = node;
  }
  for (const node of old.values()) leave(node);
}

/** Puts `fresh` where `node` was; the focus stays on the same thing, or on the whole. */
function swap(node, fresh) {
  const spot = spotOf(node);
  node.replaceWith(fresh);
  if (spot) (atSpot(fresh, spot) || fresh).focus({ preventScroll: true });
}

/** Takes a node away; a focus inside it goes to the one before. */
function leave(node) {
  const next = node.contains(document.activeElement) && (node.previousElementSibling || node.nextElementSibling);
  node.remove();
  next?.focus?.({ preventScroll: true });
}

const sign = (node) => JSON.stringify([node.tagName, { ...node.dataset }, node.id, node.getAttribute("aria-label")]);

/** What has the focus inside `root`, as something to find again after `root` was built anew. */
export function spotOf(root) {
  const at = document.activeElement;
  return at && root.contains(at) ? sign(at) : null;
}

/** The node of that kind in what was built, if it is still there. */
export const atSpot = (root, spot) => [...root.querySelectorAll("button, a, input, select, textarea, [tabindex]")].find((node) => sign(node) === spot);
