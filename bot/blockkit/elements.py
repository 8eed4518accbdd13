"""Interactive elements, each with its fields and limits.

rich_text: sections, lists, quotes and preformatted text, and what stands in them.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.blockkit.checks import (
    ACTION_ID,
    BLOCK_ID,
    CONFIRM,
    DISPATCH,
    OPTION_GROUP,
    SLACK_FILE,
    URL,
    Check,
    anything,
    both,
    choice,
    exactly_one,
    flag,
    items,
    one_of,
    option,
    plain,
    shape,
    text,
    whole,
)
from bot.blockkit.slack_limits import LIMITS

_COMMON = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": flag}
_PLACEHOLDER = {"placeholder": plain(LIMITS["placeholder"])}
_BUTTON_STYLE = {"style": choice("primary", "danger")}
_OPTIONS = items(option(), LIMITS["select.options"])
_GROUPS = items(OPTION_GROUP, LIMITS["select.groups"])
_MARKED = items(option(marked=True), LIMITS["checkboxes.options"])
_FILTER = shape(
    None,
    {
        "include": items(choice("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
_DATE = text(10, 10)
_VALUE = text(LIMITS["button.value"], 0)

BUTTON = shape(
    {"text": plain(LIMITS["button.text"])},
    {
        "action_id": ACTION_ID,
        "value": _VALUE,
        "url": URL,
        "confirm": CONFIRM,
        "accessibility_label": text(LIMITS["button.label"]),
        **_BUTTON_STYLE,
    },
)
IMAGE = both(
    shape(
        {"alt_text": text(LIMITS["image.alt_text"])},
        {"image_url": text(LIMITS["image.url"]), "slack_file": SLACK_FILE},
    ),
    exactly_one("image_url", "slack_file"),
)
OVERFLOW = shape(
    {"options": items(option(linked=True), LIMITS["overflow.options"])},
    {"action_id": ACTION_ID, "confirm": CONFIRM},
)


def _static(initial: Mapping[str, Check]) -> Check:
    fields = {"options": _OPTIONS, "option_groups": _GROUPS, **_COMMON, **_PLACEHOLDER}
    return both(shape(None, {**fields, **initial}), exactly_one("options", "option_groups"))


def _picker(name: str, value: Check, extra: Mapping[str, Check] | None = None) -> Check:
    return shape(None, {**_COMMON, **_PLACEHOLDER, name: value, **(extra or {})})


_ID = text(LIMITS["id"])
_IDS = items(_ID, 1_000)
_MANY_ELEMENTS: Mapping[str, Check] = {"max_selected_items": whole(1, 1_000)}
_ANSWER: Mapping[str, Check] = {"response_url_enabled": flag}
_CONVERSATION: Mapping[str, Check] = {"filter": _FILTER, "default_to_current_conversation": flag}

SELECTS: Mapping[str, Check] = {
    "static_select": _static({"initial_option": option()}),
    "multi_static_select": _static({"initial_options": _OPTIONS, **_MANY_ELEMENTS}),
    "external_select": _picker("initial_option", option(), {"min_query_length": whole(0, 1_000)}),
    "multi_external_select": _picker(
        "initial_options", _OPTIONS, {"min_query_length": whole(0, 1_000), **_MANY_ELEMENTS}
    ),
    "users_select": _picker("initial_user", _ID),
    "multi_users_select": _picker("initial_users", _IDS, _MANY_ELEMENTS),
    "conversations_select": _picker("initial_conversation", _ID, {**_CONVERSATION, **_ANSWER}),
    "multi_conversations_select": _picker(
        "initial_conversations", _IDS, {**_CONVERSATION, **_MANY_ELEMENTS}
    ),
    "channels_select": _picker("initial_channel", _ID, _ANSWER),
    "multi_channels_select": _picker("initial_channels", _IDS, _MANY_ELEMENTS),
}
PICKERS: Mapping[str, Check] = {
    "datepicker": _picker("initial_date", _DATE),
    "timepicker": _picker("initial_time", text(5, 5), {"timezone": _ID}),
    "datetimepicker": _picker("initial_date_time", whole(0, 9_999_999_999)),
    "checkboxes": shape({"options": _MARKED}, {**_COMMON, "initial_options": _MARKED}),
    "radio_buttons": shape(
        {"options": _MARKED}, {**_COMMON, "initial_option": option(marked=True)}
    ),
}
_TYPED: Mapping[str, Check] = {
    "action_id": ACTION_ID,
    "focus_on_load": flag,
    "dispatch_action_config": DISPATCH,
    **_PLACEHOLDER,
}
_LONG = text(LIMITS["input.text"], 0)
TYPED: Mapping[str, Check] = {
    "plain_text_input": shape(
        None,
        {
            **_TYPED,
            "multiline": flag,
            "initial_value": _LONG,
            "min_length": whole(0, LIMITS["input.text"]),
            "max_length": whole(1, LIMITS["input.text"]),
        },
    ),
    "number_input": shape(
        {"is_decimal_allowed": flag},
        {**_TYPED, "initial_value": _LONG, "min_value": _LONG, "max_value": _LONG},
    ),
    "email_text_input": shape(None, {**_TYPED, "initial_value": _LONG}),
    "url_text_input": shape(None, {**_TYPED, "initial_value": _LONG}),
    "rich_text_input": shape(None, {**_TYPED, "initial_value": anything}),
    "file_input": shape(
        None,
        {"action_id": ACTION_ID, "filetypes": items(_ID, 100), "max_files": whole(1, 10)},
    ),
}
_FEEDBACK = shape(
    {"text": plain(LIMITS["button.text"]), "value": _VALUE},
    {"accessibility_label": text(LIMITS["button.label"])},
)

WORKFLOW = shape(
    {"text": plain(LIMITS["button.text"]), "workflow": anything, "action_id": ACTION_ID},
    {"accessibility_label": text(LIMITS["button.label"]), **_BUTTON_STYLE},
)
ACTIONS: Mapping[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "workflow_button": WORKFLOW,
    "rich_text_input": TYPED["rich_text_input"],
    **SELECTS,
    **PICKERS,
}
ACCESSORIES: Mapping[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "workflow_button": WORKFLOW,
    "image": IMAGE,
    **SELECTS,
    **PICKERS,
}
INPUTS: Mapping[str, Check] = {**TYPED, **SELECTS, **PICKERS}
CONTEXT_ACTIONS: Mapping[str, Check] = {
    "feedback_buttons": shape(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": ACTION_ID}
    ),
    "icon_button": shape(
        {"icon": choice("trash"), "text": plain(LIMITS["button.text"])},
        {
            "action_id": ACTION_ID,
            "value": _VALUE,
            "confirm": CONFIRM,
            "accessibility_label": text(LIMITS["button.label"]),
            "visible_to_user_ids": _IDS,
        },
    ),
}


# A rich text has no documented limit of its own; the sum over the message catches it.
_MOST = LIMITS["slack.characters"]
_MANY_RUNS = 1_000
_LOOK: Mapping[str, Check] = dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag)
_MENTION: Mapping[str, Check] = {**_LOOK, "highlight": flag, "client_highlight": flag}
_TEXT_STYLE: Mapping[str, Check] = {"style": shape(None, _LOOK)}
_MENTIONED: Mapping[str, Check] = {"style": shape(None, _MENTION)}

INLINE: Mapping[str, Check] = {
    "text": shape({"text": text(_MOST)}, _TEXT_STYLE),
    "link": shape({"url": URL}, {"text": text(_MOST), "unsafe": flag, **_TEXT_STYLE}),
    "emoji": shape(
        {"name": _ID}, {"unicode": _ID, "skin_tone": whole(1, 6), "url": URL, **_TEXT_STYLE}
    ),
    "date": shape(
        {"timestamp": whole(0, 9_999_999_999), "format": text(_MOST)},
        {"url": URL, "fallback": text(_MOST), **_TEXT_STYLE},
    ),
    "user": shape({"user_id": _ID}, _MENTIONED),
    "usergroup": shape({"usergroup_id": _ID}, _MENTIONED),
    "team": shape({"team_id": _ID}, _MENTIONED),
    "channel": shape({"channel_id": _ID}, _MENTIONED),
    "broadcast": shape({"range": choice("here", "channel", "everyone")}, _TEXT_STYLE),
    "color": shape({"value": _ID}, _TEXT_STYLE),
}
_INLINES = items(one_of(INLINE), _MANY_RUNS)
_SECTION = shape({"elements": _INLINES})
_BORDER: Mapping[str, Check] = {"border": whole(0, 1)}

PARTS: Mapping[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": shape({"elements": _INLINES}, _BORDER),
    "rich_text_preformatted": shape({"elements": _INLINES}, {**_BORDER, "language": _ID}),
    "rich_text_list": shape(
        {
            "style": choice("bullet", "ordered"),
            "elements": items(one_of({"rich_text_section": _SECTION}), _MANY_RUNS),
        },
        {"indent": whole(0, 8), "offset": whole(0, _MANY_RUNS), **_BORDER},
    ),
}
RICH_TEXT = shape({"elements": items(one_of(PARTS), _MANY_RUNS)}, {"block_id": BLOCK_ID})
