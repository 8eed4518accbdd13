"""What people call a channel, and a campaign whose name alone does not tell it apart."""

from __future__ import annotations

from collections.abc import Sequence

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
