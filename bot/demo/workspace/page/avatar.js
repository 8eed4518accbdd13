// Faces: the app's mark, a letter on a colour for people.

import { el } from "./dom.js";
import { store } from "./store.js";

/** A user's picture; `size` is small or nothing. */
export function avatar(id, size = "") {
  const user = store.users.get(id);
  const look = `avatar ${size}`;
  if (!user) return el("span", { class: look });
  if (user.is_bot) return el("img", { class: look, src: "/page/icon.svg", alt: "" });
  const node = el("span", { class: look, "aria-hidden": "true" }, user.real_name.charAt(0));
  if (/^[0-9a-f]{6}$/i.test(user.color)) node.style.background = `#${user.color}`;
  return node;
}
