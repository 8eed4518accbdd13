"""What the page on sources says of the platforms is what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.domain.details import Level
from bot.kinds import KINDS, WRITERS
from bot.settings import Details
from bot.sources.platforms import account_pull, google, linkedin, meta, microsoft, pulling, tiktok
from bot.sources.platforms.microsoft_reports import POLLS
from bot.sources.platforms.microsoft_sign_in import SCOPE
from bot.sources.platforms.rest import Patience

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "sources.md").read_text(encoding="utf-8")
SECTIONS = {
    "Google Ads": (google.GoogleAds,),
    "Meta": (meta.MetaAds,),
    "Microsoft": (microsoft.MicrosoftAds,),
    "LinkedIn and TikTok": (linkedin.LinkedInAds, tiktok.TikTokAds),
}
# Only tests and the local servers set where a platform is.
ADDRESSES = re.compile(r"_(ENDPOINT|TOKEN_URI|GRAPH_URL|URL)$")
DOORS = {"GOOGLE_ADS_API", "GOOGLE_ADS_WEB_CLIENT"}  # through which Google says a change came
WORDS = {
    Level.AD_SET: "ad set|ad group", Level.AD: r"ads\b", Level.KEYWORD: "keyword",
    Level.SEARCH_TERM: "search term", Level.LANDING_PAGE: "landing page", Level.AGE: r"\bage\b",
    Level.GENDER: "gender", Level.REGION: "region", Level.DEVICE: "device",
    Level.PLACEMENT: "placement",
}  # fmt: skip


def section(title: str) -> str:
    """A part of the page, its lines joined."""
    return " ".join(PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0].split())


def number_in(pattern: str, text: str = PAGE) -> int:
    """The number that stands in the one place where the page says this."""
    (found,) = re.findall(pattern, " ".join(text.split()))
    return {"three": 3, "five": 5}.get(found) or int(found)


def test_every_kind_is_listed_with_an_extra_that_there_is() -> None:
    """The first table has each kind once, and pip knows what it is to install."""
    table = PAGE.split("| kind |")[1].split("\n\n")[0]
    assert sorted(re.findall(r"`([a-z]+_ads|folder|warehouse)`", table)) == sorted(KINDS)
    extras = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    named = set(re.findall(r"perfbot\[([a-z]+)\]", PAGE))
    assert named <= set(extras["project"]["optional-dependencies"])
    for kind, place in KINDS.items():
        module = (CHECKOUT / f"{place.split(':')[0].replace('.', '/')}.py").read_text("utf-8")
        for extra in re.findall(r"perfbot\[([a-z]+)\]", module):
            line = next(line for line in table.splitlines() if f"`{kind}`" in line)
            assert f"perfbot[{extra}]" in line, kind


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_that_is_read_is_on_the_page(title: str) -> None:
    """Each variable with where it is found, and none that nothing reads."""
    kinds = [client.channel.upper() for client in SECTIONS[title]]
    names = re.compile(rf"\b(?:{'|'.join(kinds)})_[A-Z_]+\b")
    read = {
        name
        for file in (CHECKOUT / "bot" / "sources" / "platforms").glob("*.py")
        for name in re.findall(rf'"({names.pattern})"', file.read_text(encoding="utf-8"))
        if not ADDRESSES.search(name)
    }
    assert read - DOORS == set(names.findall(section(title)))


def test_scopes_and_versions_are_those_that_are_asked_for() -> None:
    """What a token must be allowed, and which edition of each platform answers."""
    assert f"The API is {google.VERSION}" in section("Google Ads")
    assert "https://www.googleapis.com/auth/adwords" in section("Google Ads")
    assert f"The API is {meta.VERSION}" in section("Meta")
    assert SCOPE in section("Microsoft")
    for title, module in (("Meta", meta), ("LinkedIn and TikTok", linkedin)):
        for scope in re.findall(r"\br?_?ads_[a-z_]+\b", " ".join(module.NEEDED.values())):
            assert f"`{scope}`" in section(title), scope


def test_limits_are_those_of_the_code() -> None:
    """Days pulled at first and again, calls at most, hours after midnight, days of details."""
    assert number_in(r"first pull goes (\d+) days back") == pulling.HISTORY.days
    assert number_in(r"asks the last (\d+) days once more") == pulling.RESTATED.days
    assert number_in(r"made again, at most (\w+) times") == Patience().tries
    hours = account_pull.COUNTED.total_seconds() / 3600
    assert number_in(r"own yesterday, (\w+) hours after its midnight") == hours
    details = Details()
    assert number_in(r"for the newest (\d+) days \(`pull_days`") == details.pull_days
    assert number_in(r"never\), and for (\d+) the first time") == account_pull.FIRST_DETAILS
    assert all(f"of {days} days" in section("Meta") or str(days) in section("Meta")
               for days in account_pull.WINDOWS)  # fmt: skip
    assert number_in(r"made \(up to (\d+) minutes\)", section("Microsoft")) == POLLS * 25 // 60


@pytest.mark.parametrize("title", SECTIONS)
def test_details_that_come_are_said_and_the_others_are_not(title: str) -> None:
    """What "Details:" promises up to its first stop is what the clients have."""
    levels = {level for client in SECTIONS[title] for level in client.detail_levels}
    promised = section(title).split("Details: ")[1]
    first = re.split(r"(?<=[a-z)])\.\s", promised)[0]
    said = {level for level, words in WORDS.items() if re.search(words, first)}
    assert said == levels


def test_who_can_apply_is_who_has_a_page() -> None:
    """Budgets can be set where the page on applying says so."""
    page = (CHECKOUT / "docs" / "applying.md").read_text(encoding="utf-8")
    assert {"google_ads": "Google", "meta_ads": "Meta"}.keys() == WRITERS.keys()
    assert all(name in page for name in ("Google", "Meta"))
