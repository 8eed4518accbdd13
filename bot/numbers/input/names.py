"""Names as people and platforms write them, and the one form they are kept in.

What people call a channel, and a campaign whose name alone does not tell it apart.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.errors import UnknownName

TITLES = {
    "google_ads": "Google",
    "meta_ads": "Meta",
    "linkedin_ads": "LinkedIn",
    "microsoft_ads": "Microsoft",
    "tiktok_ads": "TikTok",
    "snapchat_ads": "Snapchat",
    "pinterest_ads": "Pinterest",
    "reddit_ads": "Reddit",
    "twitter_ads": "X",
    "amazon_ads": "Amazon",
    "apple_search_ads": "Apple Search Ads",
}


def title(channel: str) -> str:
    """What people call a channel: `google_ads` is "Google"."""
    return TITLES.get(channel) or channel.replace("_", " ").strip().capitalize()


def labels(names: Sequence[str], places: Sequence[tuple[str, str, str]]) -> list[str]:
    """Campaigns' names, each with as much of its place as tells it from the others of that name.

    Args:
        names: As the platforms give them; the same but for case is the same.
        places: Channel, account id and campaign id of each.
    """
    alike: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        alike.setdefault(" ".join(name.casefold().split()), []).append(at)
    out = list(names)
    for group in alike.values():
        if len(group) > 1:
            wheres = _told_apart([places[at] for at in group])
            for at, where in zip(group, wheres, strict=True):
                out[at] = f"{names[at]} ({where})"
    return out


def _told_apart(places: Sequence[tuple[str, str, str]]) -> list[str]:
    """The channel; with the account, and the id, where that is not enough."""
    parts = [(title(channel), account, id_) for channel, account, id_ in places]
    for size in (1, 2):
        if len({part[:size] for part in parts}) == len(parts):
            break
    else:
        size = 3
    return [" ".join(filter(None, part[:size])) for part in parts]


ALIASES = {
    "google_ads": ("google", "adwords", "google_adwords", "googleads", "gads", "google_ad"),
    "meta_ads": (
        "meta",
        "facebook",
        "facebook_ads",
        "fb",
        "fb_ads",
        "instagram",
        "instagram_ads",
        "ig",
        "meta_facebook",
    ),
    "linkedin_ads": ("linkedin", "li", "linked_in", "linked_in_ads"),
    "microsoft_ads": ("microsoft", "bing", "bing_ads", "microsoft_advertising", "msads"),
    "tiktok_ads": ("tiktok", "tik_tok", "tik_tok_ads", "tt"),
    "snapchat_ads": ("snapchat", "snap", "snap_ads"),
    "pinterest_ads": ("pinterest", "pin"),
    "reddit_ads": ("reddit",),
    "twitter_ads": ("twitter", "x", "x_ads"),
    "amazon_ads": ("amazon", "amazon_advertising"),
    "apple_search_ads": ("apple", "apple_search", "apple_ads", "asa"),
}
CHANNELS = tuple(ALIASES)
_CANONICAL = {alias: key for key, aliases in ALIASES.items() for alias in (key, *aliases)}
_ACCOUNT_RESOURCE = re.compile(
    r"(?:act[_-]|(?:managed)?customers/|urn:li:sponsoredaccount:)\s*(\d[\d-]*)", re.IGNORECASE
)
_DASHED_ACCOUNT = re.compile(r"(\d{3})[-\u2010-\u2015 ](\d{3})[-\u2010-\u2015 ](\d{4})")
_REMEMBERED = 100_000  # a morning asks for each name several times
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe0e\ufe0f\ufeff]")


@lru_cache(maxsize=_REMEMBERED)
def normal_name(text: str) -> str:
    """The form in which names are the same: case, dashes, spaces and invisible marks set aside.

    Letters, digits, emoji and punctuation stay, so that different names stay different.
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(_DASHES.sub("-", plain).casefold().split())


@lru_cache(maxsize=_REMEMBERED)
def channel_key(text: str) -> str:
    """The key of a channel: "Google Ads", "google" and "google_ads" are all `google_ads`.

    An unknown channel keeps its own name in the same form ("Influencer TV" is `influencer_tv`).
    """
    key = re.sub(r"[^\w]+", "_", normal_name(text)).strip("_")
    return _CANONICAL.get(key, key)


@lru_cache(maxsize=_REMEMBERED)
def account_key(text: str) -> str:
    """The one form of an account's id: `act_1` is `1`, `123-456-7890` is `1234567890`.

    Meta writes its ids with `act_` in front in one place and without in another, Google with and
    without dashes, and both APIs as the name of a resource; it is one account all the same.
    """
    bare = text.strip()
    if resource := _ACCOUNT_RESOURCE.fullmatch(bare):
        bare = resource[1]
    return "".join(dashed.groups()) if (dashed := _DASHED_ACCOUNT.fullmatch(bare)) else bare


def match_channel(text: str, candidates: Iterable[str]) -> str:
    """Which of the known channels was meant.

    The channel itself or a usual name of it; else the only one that begins with what was given,
    or has it as a word.

    Raises:
        UnknownName: Nothing fits, or several do; the nearest are named.
    """
    channels = sorted(set(candidates))
    key = channel_key(text)
    if key in channels:
        return key
    fitting = [name for name in channels if _begins(name, key)]
    if len(fitting) == 1:
        return fitting[0]
    raise UnknownName("channel", text, fitting or _nearest(key, channels))


def _begins(name: str, key: str) -> bool:
    spoken = (name, *ALIASES.get(name, ()))
    return bool(key) and any(
        word.startswith(key) for text in spoken for word in (text, *text.split("_")[:-1])
    )


def _nearest(key: str, channels: list[str]) -> list[str]:
    spoken = {text: name for name in channels for text in (name, *ALIASES.get(name, ()))}
    near = difflib.get_close_matches(key, list(spoken), n=6, cutoff=0.6)
    return list(dict.fromkeys(spoken[text] for text in near))[:3]
