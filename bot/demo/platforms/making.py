"""Builds a platform's accounts, campaigns, groups, ads and keywords from its story."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.demo.platforms import entities
from bot.demo.platforms.entities import (
    ACTIVE,
    PAUSED,
    REMOVED,
    WORTH,
    ZONES,
    Account,
    Ad,
    Budget,
    Campaign,
    Group,
    Keyword,
    Part,
    Plan,
    SearchTerm,
    Turn,
)
from bot.demo.platforms.numbers import SEARCH

ACCOUNTS = {
    "google": 5550001001, "meta": 1000200030004001, "linkedin": 512340001,
    "tiktok": 7301234567890123457, "microsoft": 151230001,
}  # fmt: skip  # TikTok's do not fit a float: ids are text
CAMPAIGNS = {
    "google": 20100000001, "meta": 120210000000000011, "linkedin": 310000001,
    "tiktok": 1790000000000000011, "microsoft": 410000001,
}  # fmt: skip
OPENING = ("Fjord & Fell", "Fjord & Fell Abroad")
SITE = "https://shop.example"


def make_accounts(platform: str, currencies: Sequence[str]) -> tuple[Account, ...]:
    """An account a currency."""
    return tuple(
        Account(
            platform,
            str(ACCOUNTS[platform] + number),
            f"{OPENING[number % 2]} {currency}",
            currency,
            "UTC" if platform == "linkedin" else ZONES[currency],
        )
        for number, currency in enumerate(currencies)
    )


@dataclass
class Maker:
    """Makes the campaigns of an account; ids count up, chance comes from the account's id.

    Args:
        account: Whose they are.
        ids: Where the next id comes from, shared by all accounts of the platform.
        opened: The first day of numbers.
        today: The day the world was made, on which the story's events hang.
        seed: The world's.
    """

    account: Account
    ids: Iterator[int]
    opened: date
    today: date
    seed: int

    def __post_init__(self) -> None:
        self.random = random.Random(f"{self.seed}/{self.account.account_id}")  # noqa: S311
        self.shared: dict[str, Budget] = {}

    def campaigns(self, count: int) -> list[Campaign]:
        """The story's campaigns, and numbered ones beyond them up to `count`."""
        return [self._campaign(plan) for plan in entities.lines(self.account.platform, count)]

    def _campaign(self, plan: Plan) -> Campaign:
        stopped = self.today - timedelta(days=plan.pause) if plan.pause else None
        status = (REMOVED if plan.removed else PAUSED) if stopped else ACTIVE
        campaign = Campaign(
            self.account, self._id(), plan.name, plan, None, self.opened, status, stopped,
            self._money(plan.target) if plan.target else None, plan.roas, plan.strategy,
        )  # fmt: skip
        campaign.groups = tuple(self._group(campaign, i) for i in range(plan.groups))
        if plan.kind == "pmax":
            campaign.groups = _asset_groups(campaign)
        if plan.kind != "sales_sets":
            campaign.budget = self._budget(plan)
        campaign.audiences = self._audiences()
        return campaign

    def _budget(self, plan: Plan) -> Budget:
        if not plan.shared:
            return Budget(self._id(), plan.name, self._money(plan.daily))
        if plan.shared not in self.shared:
            self.shared[plan.shared] = Budget(self._id(), plan.shared, self._money(2000), True)
        return self.shared[plan.shared]

    def _group(self, campaign: Campaign, number: int) -> Group:
        plan = campaign.plan
        part = Part(1.0 / (1 + number), worth=self._near(1.0), appeal=self._near(1.0))
        budget = None
        if plan.kind == "sales_sets":
            budget = Budget(self._id(), f"set {number}", self._money(plan.daily / plan.groups))
        name = f"{plan.name.split(' | ')[-1]} {'ABC'[number % 3]}"
        keywords = self._keywords(number) if plan.kind in SEARCH[:4] else ()
        return Group(self._id(), name, part, budget, self._ads(campaign, number), keywords)

    def _ads(self, campaign: Campaign, group: int) -> tuple[Ad, ...]:
        """Three ads: an even one, one that tires, one whose landing page broke in one campaign."""
        tires = Turn("clicks", self.today - timedelta(days=28), 0.45, 24)
        broke = Turn("results", self.today - timedelta(days=9), 0.3)
        hurt = broke if campaign.plan.kind == "search_conversions" and group == 0 else None
        turns = (None, tires, hurt)
        return tuple(
            Ad(
                self._id(), f"{campaign.plan.name.split(' | ')[-1]} ad {number + 1}",
                f"{entities.WORDS[(group + number) % 6].capitalize()}, sent today",
                f"{SITE}/{entities.WORDS[(group * 3 + number) % 6].replace(' ', '-')}",
                Part((0.5, 0.3, 0.2)[number], self._near(1.0), self._near(1.0), turn=turn),
            )
            for number, turn in enumerate(turns)
        )  # fmt: skip

    def _keywords(self, group: int) -> tuple[Keyword, ...]:
        """Four a group: one spends without results, one is dear for its low quality."""
        keywords = []
        for number in range(4):
            text = entities.WORDS[(group + number) % 6] + ("", " sale", " free", " near me")[number]
            quality = (9, 6, 3, None)[number]
            levels = {9: (3, 3, 3), 6: (2, 2, 2), 3: (1, 2, 1)}
            part = Part(
                (0.4, 0.3, 0.2, 0.1)[number], self._near(1.0),
                0.0 if number == 2 else self._near(1.0), 1.6 if quality == 3 else 1.0,
            )  # fmt: skip
            keywords.append(Keyword(
                self._id(), text, entities.MATCHES[number % 3], quality,
                levels.get(quality) if quality else None, part, _terms(text),
            ))  # fmt: skip
        return tuple(keywords)

    def _audiences(self) -> dict[str, dict[str, Part]]:
        """Each with one part the message does not fit: it is shown, and nothing comes of it."""
        names = {
            "age": entities.AGES, "gender": entities.GENDERS, "device": entities.DEVICES,
            "region": entities.REGIONS, "placement": entities.PLACEMENTS,
        }  # fmt: skip
        return {
            axis: {
                name: Part(
                    self._near(1.0 / (1 + place)), self._near(1.0),
                    0.2 if place == len(members) - 1 else self._near(1.0),
                )
                for place, name in enumerate(members)
            }
            for axis, members in names.items()
        }  # fmt: skip

    def _near(self, value: float) -> float:
        return value * self.random.uniform(0.85, 1.15)

    def _money(self, kroner: float) -> int:
        return round(kroner * WORTH[self.account.currency]) * self.account.minor

    def _id(self) -> str:
        return str(next(self.ids))


def _asset_groups(campaign: Campaign) -> tuple[Group, ...]:
    """Two, one of which brings less; their ids hang on the campaign's, and no chance on them."""
    parts = {"Best sellers": Part(0.7), "Everything else": Part(0.3, worth=0.6)}
    first = int(campaign.campaign_id) * 10
    return tuple(
        Group(str(first + number), name, part) for number, (name, part) in enumerate(parts.items())
    )


def _terms(text: str) -> tuple[SearchTerm, ...]:
    """What people typed: the words, the words with a place, and a search for something else."""
    return (
        SearchTerm(text, Part(0.6)),
        SearchTerm(f"{text} oslo", Part(0.3, 1.1)),
        SearchTerm(f"how to clean {text}", Part(0.1, 0.7, 0.0)),
    )


def ids(platform: str) -> Iterator[int]:
    """Ids of the platform's usual length, counting up."""
    return itertools.count(CAMPAIGNS[platform])
