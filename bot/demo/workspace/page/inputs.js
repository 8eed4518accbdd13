// What people type and choose: every input element of Block Kit, by native controls.

import { text } from "./blocks.js";
import { el } from "./dom.js";
import { channels, people, store } from "./store.js";

const KEYS = {
  static_select: "selected_option", radio_buttons: "selected_option", checkboxes: "selected_options",
  multi_static_select: "selected_options", datepicker: "selected_date", timepicker: "selected_time",
  datetimepicker: "selected_date_time", users_select: "selected_user", channels_select: "selected_channel",
  conversations_select: "selected_conversation", multi_users_select: "selected_users",
  multi_channels_select: "selected_channels", multi_conversations_select: "selected_conversations",
  plain_text_input: "value", email_text_input: "value", url_text_input: "value", number_input: "value",
};
export const STATEFUL = new Set(Object.keys(KEYS));

/** What a view's state says an input holds, as the plain value the inputs here use. */
export function plainValue(state) {
  const value = state ? state[KEYS[state.type]] : undefined;
  if (Array.isArray(value)) return value.map((each) => (each && each.value !== undefined ? each.value : each));
  return value && typeof value === "object" ? value.value : value ?? undefined;
}

const initial = (each) => each.initial_value ?? each.initial_date ?? each.initial_time ?? each.initial_date_time
  ?? each.initial_user ?? each.initial_channel ?? each.initial_conversation ?? each.initial_users ?? each.initial_channels
  ?? each.initial_conversations ?? (each.initial_option ? each.initial_option.value : undefined)
  ?? (each.initial_options ? each.initial_options.map((option) => option.value) : undefined);

/** The control of an element; what it holds goes to `context.change`, and to `dispatch` if given. */
export function inputElement(block, each, context, { id, described, invalid, dispatch, label, required }) {
  const value = context.draft(block.block_id, each.action_id) ?? initial(each);
  const props = {
    id, "aria-describedby": described || null, "aria-invalid": invalid ? "true" : null, "aria-label": label, "aria-required": required ? "true" : null,
    data: { actionId: each.action_id }, autofocus: each.focus_on_load,
  };
  const set = (now, final = true) => {
    context.change(block.block_id, each.action_id, now);
    if (dispatch && final) dispatch(now);
  };
  return (CONTROLS[each.type] || line)(each, props, value, set);
}

const placeholder = (each) => (each.placeholder ? each.placeholder.text : null);

function line(each, props, value, set, type = "text") {
  const step = each.is_decimal_allowed ? "any" : null;
  return el("input", { ...props, class: "field-box", type, step, value: value ?? "", placeholder: placeholder(each), autocomplete: "off",
    oninput: (event) => set(event.target.value, false), onchange: (event) => set(event.target.value) });
}

function area(each, props, value, set) {
  if (!each.multiline) return line(each, props, value, set);
  return el("textarea", { ...props, class: "field-box", rows: 4, value: value ?? "", placeholder: placeholder(each),
    oninput: (event) => set(event.target.value, false), onchange: (event) => set(event.target.value) });
}

const native = (type) => (each, props, value, set) => el("input", { ...props, class: "field-box", type, value: value ?? "", title: placeholder(each),
  onchange: (event) => set(event.target.value || null) });

function moment(each, props, value, set) {
  const shown = value ? new Date(value * 1000 - new Date(value * 1000).getTimezoneOffset() * 60000).toISOString().slice(0, 16) : "";
  return el("input", { ...props, class: "field-box", type: "datetime-local", value: shown,
    onchange: (event) => set(event.target.value ? Math.round(new Date(event.target.value).getTime() / 1000) : null) });
}

function select(choices) {
  return (each, props, value, set) => {
    const node = el("select", { ...props, class: "field-box", onchange: (event) => set(event.target.value || null) },
      el("option", { value: "" }, placeholder(each) || "Choose an option"), choices(each));
    node.value = value ?? "";
    return node;
  };
}

const option = (each) => el("option", { value: each.value }, each.text.text);
const options = (each) => (each.option_groups
  ? each.option_groups.map((group) => el("optgroup", { label: group.label.text }, group.options.map(option)))
  : each.options.map(option));
const everyOption = (each) => (each.option_groups ? each.option_groups.flatMap((group) => group.options) : each.options);
const asOptions = (list, name) => list.map((each) => ({ value: each.id, text: { type: "plain_text", text: name(each) } }));
const persons = () => asOptions(people(), (each) => each.real_name);
const places = () => asOptions(channels().filter((each) => each.members.includes(store.me)), (each) => `#${each.name}`);

/** Radio buttons or check boxes: a group of native ones. */
function boxes(type, choices) {
  return (each, props, value, set) => {
    const many = type === "checkbox";
    let held = many ? [...(value || [])] : value;
    const pick = (event, chosen) => {
      if (!many) held = chosen.value;
      else held = event.target.checked ? [...held, chosen.value] : held.filter((one) => one !== chosen.value);
      set(held);
    };
    const named = props["aria-label"] ? null : `${props.id}-label`;
    const group = { ...props, "aria-labelledby": named, "aria-required": many ? null : props["aria-required"], "aria-invalid": many ? null : props["aria-invalid"] };
    return el("div", { ...group, class: "boxes", role: many ? "group" : "radiogroup", tabindex: -1 }, choices(each).map((chosen) => el("label", { class: "box" },
      el("input", { type, name: props.id, value: chosen.value, onchange: (event) => pick(event, chosen), checked: many ? held.includes(chosen.value) : held === chosen.value }),
      el("span", {}, text(chosen.text), chosen.description ? el("small", {}, text(chosen.description)) : null))));
  };
}

const CONTROLS = {
  plain_text_input: area,
  email_text_input: (each, props, value, set) => line(each, props, value, set, "email"),
  url_text_input: (each, props, value, set) => line(each, props, value, set, "url"),
  number_input: (each, props, value, set) => line(each, { ...props, inputmode: "decimal" }, value, set),
  datepicker: native("date"), timepicker: native("time"), datetimepicker: moment,
  static_select: select(options), users_select: select(() => persons().map(option)),
  channels_select: select(() => places().map(option)), conversations_select: select(() => places().map(option)),
  radio_buttons: boxes("radio", everyOption), checkboxes: boxes("checkbox", everyOption),
  multi_static_select: boxes("checkbox", everyOption), multi_users_select: boxes("checkbox", persons),
  multi_channels_select: boxes("checkbox", places), multi_conversations_select: boxes("checkbox", places),
};
