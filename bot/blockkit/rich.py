"""rich_text: sections, lists, quotes and preformatted text, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.blockkit.checks import Check, choice, flag, items, one_of, shape, text, whole
from bot.blockkit.limits import LIMITS
from bot.blockkit.texts import BLOCK_ID, URL

# A rich text has no documented limit of its own; the sum over the message catches it.
_MOST = LIMITS["slack.characters"]
_MANY = 1_000
_LOOK: Mapping[str, Check] = dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag)
_MENTION: Mapping[str, Check] = {**_LOOK, "highlight": flag, "client_highlight": flag}
_STYLE: Mapping[str, Check] = {"style": shape(None, _LOOK)}
_MENTIONED: Mapping[str, Check] = {"style": shape(None, _MENTION)}
_ID = text(LIMITS["id"])

INLINE: Mapping[str, Check] = {
    "text": shape({"text": text(_MOST)}, _STYLE),
    "link": shape({"url": URL}, {"text": text(_MOST), "unsafe": flag, **_STYLE}),
    "emoji": shape({"name": _ID}, {"unicode": _ID, "skin_tone": whole(1, 6), "url": URL, **_STYLE}),
    "date": shape(
        {"timestamp": whole(0, 9_999_999_999), "format": text(_MOST)},
        {"url": URL, "fallback": text(_MOST), **_STYLE},
    ),
    "user": shape({"user_id": _ID}, _MENTIONED),
    "usergroup": shape({"usergroup_id": _ID}, _MENTIONED),
    "team": shape({"team_id": _ID}, _MENTIONED),
    "channel": shape({"channel_id": _ID}, _MENTIONED),
    "broadcast": shape({"range": choice("here", "channel", "everyone")}, _STYLE),
    "color": shape({"value": _ID}, _STYLE),
}
_INLINES = items(one_of(INLINE), _MANY)
_SECTION = shape({"elements": _INLINES})
_BORDER: Mapping[str, Check] = {"border": whole(0, 1)}

PARTS: Mapping[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": shape({"elements": _INLINES}, _BORDER),
    "rich_text_preformatted": shape({"elements": _INLINES}, {**_BORDER, "language": _ID}),
    "rich_text_list": shape(
        {
            "style": choice("bullet", "ordered"),
            "elements": items(one_of({"rich_text_section": _SECTION}), _MANY),
        },
        {"indent": whole(0, 8), "offset": whole(0, _MANY), **_BORDER},
    ),
}
RICH_TEXT = shape({"elements": items(one_of(PARTS), _MANY)}, {"block_id": BLOCK_ID})
