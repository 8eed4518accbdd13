"""What goes on below a campaign is answered where it is known, and how to get it where not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from benchmarks.details import market
from bot.ask import Context, Desk
from bot.blockkit import validate
from bot.features.explain import why_not
from bot.features.explain.advice_evidence import evidence
from bot.jobs import morning
from bot.render.values.templates import Card
from bot.settings import App, Settings
from bot.snapshot import evaluation
from bot.store import open_store
from bot.store.base import AdviceRecord
from tests.features.conftest import Heard, plain

CHANNEL = "<!channel> *free* `x` | @here"
AS_OF = market.AS_OF
NAMES = {"keyword": {"keyword 0": CHANNEL, "keyword 1": "running shoes"}}


def campaign(name: str) -> pd.DataFrame:
    days = pd.date_range(end="2026-11-22", periods=40)
    return pd.DataFrame({
        "date": days, "channel": "google_ads", "account_id": "1", "campaign_id": name,
        "campaign_name": name, "currency": "NOK", "spend": 900.0, "impressions": 9000.0,
        "clicks": 90.0, "conversions": 4.0,
    })  # fmt: skip


def rows(level: str, spent: dict[str, tuple[float, float]], campaign_id: str = "Generic"):
    """Days of parts: so much spend and so many results in 28 of them, at 10 kr a click."""
    frames = []
    for name, (spend, results) in spent.items():
        frames.append(pd.DataFrame({
            "date": pd.date_range(end="2026-11-22", periods=40), "channel": "google_ads",
            "account_id": "1", "campaign_id": campaign_id, "level": level, "detail_id": name,
            "detail_name": NAMES.get(level, {}).get(name, name), "currency": "NOK",
            "spend": spend / 28, "clicks": spend / 280, "impressions": spend,
            "conversions": results / 28,
        }))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def desk(rulebook, renderers):
    at = datetime(2026, 11, 23, 6, tzinfo=UTC)
    store = open_store(":memory:")
    for name in ("Generic", "Brand", "Quiet", "Twins"):
        store.add_numbers(campaign(name), source="file", pulled_at=at)
    settings = Settings(app=App(time_zone="UTC", currency="NOK"))
    morning.refresh(store, rulebook, AS_OF, settings, lambda: at)
    heard = Heard(Desk(Context(store, rulebook, renderers, settings, lambda: at)), AS_OF)
    heard.context.store.add_details(pd.concat([
        rows("keyword", {"keyword 0": (4200, 0), "keyword 1": (9000, 60), "keyword 2": (40, 0)}),
        rows("search_term", {"gratis sko": (3000, 0), "sko": (9000, 60)}),
        rows("device", {"mobile": (8000, 10), "desktop": (8000, 60)}),
        rows("keyword", {"a": (5000, 30), "b": (5000, 33)}, "Quiet"),
        rows("search_term", {"x": (900, 0), "y": (1800, 2), "z": (3000, 20)}, "Twins"),
    ], ignore_index=True))  # fmt: skip
    yield heard
    store.close()


def test_the_keyword_that_wastes_money_comes_first_with_its_money(desk):
    """The finding in plain words, then a table with every keyword's verdict."""
    text = desk.ask("keywords Generic")
    assert re.search(r"in Generic wastes about (9\d0|1 0\d0) kr a week \(\d+ to 1 000\)", text)
    assert "0 sales from 4 200 kr; the others pay 15" in text
    assert "3 keywords, 13 240 kr; 1 has enough data to judge." in text
    assert "“gratis sko”" in text
    assert "too little data" in text


@pytest.mark.parametrize("asked", ["keywords", "keywords Generic", "which keywords waste money?"])
def test_a_name_stays_a_name(desk, kari, asked):
    """What a keyword is called obeys nobody: not in the headline, not in the table."""
    reply = desk.desk.ask(asked, kari, AS_OF)
    assert not validate(reply.blocks)
    assert "<!channel>" not in reply.text
    assert "&lt;!channel&gt;" in reply.text


@pytest.mark.parametrize(
    ("asked", "language", "said"),
    [
        ("which keywords waste money", "en", "Understood as: /perf keywords"),
        ("which search terms spend without sales in generic", "en", "/perf keywords Generic"),
        ("hvilke søkeord kaster bort penger", "nb", "i Generic kaster bort omtrent"),
        ("søkeord Generic", "nb", "i Generic kaster bort omtrent"),
        ("which device converts best", "en", "/perf audiences device"),
        ("who does the message not fit", "en", "Understood as: /perf audiences"),
        ("hvem passer budskapet ikke for", "nb", "Forstått som: /perf målgrupper"),
        ("målgrupper Generic enhet", "nb", "Budskapet i Generic passer ikke for «mobile»"),
    ],
)
def test_a_sentence_about_parts_is_answered_from_them(desk, asked, language, said):
    """Once there are rows, what was not known before is answered, in either language."""
    assert said in desk.ask(asked, language)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("keywords Brand", "No keywords are known for Brand. They come with"),
        ("ads", "No ads are known for any campaign. They come with"),
        ("which ad is best", "There are no numbers by single ad here"),
        ("which placement is too expensive", "There are no numbers by placement here"),
        ("which keywords waste money in brand", "There are no keyword numbers here"),
    ],
)
def test_what_is_not_known_is_said_with_the_way_to_it(desk, asked, said):
    """No rows of a level, or none of that campaign: how they come here, never an empty table."""
    assert said in desk.ask(asked)


def test_the_others_are_those_that_are_not_named(desk):
    """Of two that waste money: what all but these pay, as anybody adds it up."""
    text = desk.ask("keywords Twins")
    assert "2 search terms in Twins waste" in text
    assert "2 sales from 2 700 kr; the others pay 150 kr a sale" in text


def test_a_quiet_campaign_says_that_nothing_surely_wastes(desk):
    """Parts that do alike are listed, and said to be sound."""
    text = desk.ask("keywords quiet")
    assert "No keyword of Quiet surely wastes money." in text
    assert "like the others" in text


def test_days_that_are_asked_about_are_looked_at(desk):
    """Two weeks have half of the spend."""
    assert "2 100 kr" in desk.ask("keywords Generic 14d")


def test_a_campaign_nobody_knows_is_said_to_be_one(desk):
    """The nearest name is offered."""
    assert "Generic" in desk.ask("keywords Generick")


def test_why_not_knows_the_rules_about_parts(desk):
    """A rule about parts is for campaigns that have such, and held back as in the digest."""
    verdicts = {
        name: why_not.asked(desk.context, [name, "detail-keyword-waste"], AS_OF).rules[0].verdict
        for name in ("Generic", "Quiet", "Brand")
    }
    assert verdicts == {"Generic": "held_back", "Quiet": "quiet", "Brand": "not_for"}


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "“gratis sko”: 0 sales from 3 000 kr; wastes money, 730 kr a week."),
     ("nb", "«gratis sko»: 0 salg av 3 000 kr; kaster bort penger, 730 kr i uken.")],
)  # fmt: skip
def test_evidence_shows_the_parts_with_their_numbers(desk, language, line):
    """What advice about parts rests on: each of them, its results, its money and its verdict."""
    pieces = evaluation.advised(desk.context, AS_OF).advice
    piece = next(advice for advice in pieces if advice.rule.startswith("detail-"))
    parts = {"level": "search_term", "names": ["gratis sko"], "count": 1}
    piece = replace(piece, campaign_ids=("Generic",), numbers={**piece.numbers, "parts": parts})
    shown = evidence(desk.context, AdviceRecord(piece, "open", AS_OF), Card(advice=piece))
    view = desk.context.renderer(language).modal("evidence", evidence=shown)
    assert line in plain(str(view))
