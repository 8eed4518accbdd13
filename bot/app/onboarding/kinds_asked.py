"""What `perfbot init` asks of each kind of source, and where a person finds the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sources.platforms import google, meta


@dataclass(frozen=True)
class Setting:
    """A line of `[[sources]]`: what is asked, and what is taken where nothing is answered."""

    name: str
    question: str
    usual: str = ""


@dataclass(frozen=True)
class KindAsked:
    """A kind of source.

    Attributes:
        name: What a person calls it, and the source's name in perfbot.toml.
        kind: The kind of `[[sources]]`.
        title: In sentences.
        keys: Variable to where its value is found, in the platform's own words.
        settings: Lines of `[[sources]]` that are asked for.
    """

    name: str
    kind: str
    title: str
    keys: Mapping[str, str] = field(default_factory=dict)
    settings: tuple[Setting, ...] = ()


ASKED = {
    each.name: each
    for each in (
        KindAsked(
            "google", "google_ads", "Google Ads", google.NEEDED,
            (Setting("manager", "The manager account's id, at the top of Google Ads, if any"),),
        ),
        KindAsked(
            "meta", "meta_ads", "Meta", meta.NEEDED,
            (Setting("manager", "The business's id, if only its own: Business settings, Info"),),
        ),
        KindAsked(
            "warehouse", "warehouse", "the warehouse", {},
            (Setting("url_env", "The variable that holds its SQLAlchemy address", "WAREHOUSE_URL"),
             Setting("table", "The table", "analytics.ad_reporting__campaign_report")),
        ),
        KindAsked("files", "folder", "files", {},
                  (Setting("path", "The folder you put exports in", "exports"),)),
    )
}  # fmt: skip
