// What a composer offers while one types: commands, their words from the usage hint, people.

import { people, store } from "./store.js";

/** Suggestions for the text before the cursor: `[{label, note, text}]`, `text` replaces it all. */
export function suggestions(text) {
  const mention = /(^|\s)@([\w.-]*)$/.exec(text);
  if (mention) return persons(text.slice(0, text.length - mention[2].length - 1), mention[2]);
  if (!text.startsWith("/")) return [];
  const space = text.indexOf(" ");
  return space < 0 ? commands(text) : words(text.slice(0, space), text.slice(space + 1));
}

function commands(typed) {
  const own = store.app.commands.map((each) => ({ label: `${each.command} ${each.usage_hint}`, note: each.description, text: `${each.command} `, app: true }));
  const built = [{ label: "/invite @someone", note: "Add someone, or an app, to this channel", text: "/invite @" }];
  return [...own, ...built].filter((each) => each.text.trim().startsWith(typed.toLowerCase()) || each.text.startsWith(typed));
}

/** The words a command takes, as its usage hint lists them: `channel NAME [7d] | advice | …`. */
export function usage(hint) {
  return (hint || "").replace(/^\[(.*)\]$/, "$1").split("|").map((part) => part.trim()).filter((part) => /^[\p{Ll}]/u.test(part)).map((part) => {
    const [word, ...rest] = part.split(" ");
    return { word, rest: rest.join(" ") };
  });
}

function words(command, typed) {
  const found = store.app.commands.find((each) => each.command === command);
  if (!found || /\s/.test(typed)) return [];
  return usage(found.usage_hint).filter(({ word }) => word.startsWith(typed.toLowerCase()) && word !== typed)
    .map(({ word, rest }) => ({ label: `${command} ${word}`, note: rest, text: `${command} ${word}${rest ? " " : ""}`, app: true }));
}

function persons(before, typed) {
  const bot = store.users.get(store.app.user);
  return [bot, ...people()].filter((each) => each && `${each.name} ${each.real_name}`.toLowerCase().includes(typed.toLowerCase()))
    .map((each) => ({ label: `@${each.name}`, note: each.real_name, text: `${before}@${each.name} ` }));
}
