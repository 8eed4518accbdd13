"""The Home tab: mine first, the month by account, subscriptions, the plan, and whose it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.blockkit import LIMITS, every_text
from bot.blockkit.validate import validate_view
from bot.context.context import SLACK
from bot.domain.advice import HeldBack
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Press
from bot.features.home import tab as home
from bot.features.parts.pacing import by_account, lines
from bot.features.plan import entries as planning_match
from bot.numbers.input.windows import Window
from bot.numbers.plan import Plan
from bot.render.values.plans import pattern_name
from bot.settings import Settings
from bot.snapshot.board_rows import Figures
from bot.snapshot.evaluation import JudgedMorning, judged
from bot.snapshot.morning_days import SpendDays
from bot.store.base import PlanRow
from tests.slack_forms import SlackForms

NAMES = ["Google | Generic", "<!channel> & <@U1>", "*_~`", "=cmd()|x", "\u202eevil", "x" * 300]
DAY = date(2026, 11, 23)


def said(thing) -> str:
    """Everything a view says."""
    return " ".join(every_text(thing)).replace("\u00a0", " ")


def buttons(view):
    found = [one for block in view["blocks"] for one in block.get("elements", ())]
    found += [block["accessory"] for block in view["blocks"] if "accessory" in block]
    return {one["action_id"] for one in found if "action_id" in one}


def own(world, pattern, owner):
    """Somebody owns the campaigns of a pattern, as the plan says."""
    at = world.context.clock()
    row = PlanRow(pattern, {"owner": owner}, DAY, "U1", at, SLACK)
    world.store.set_plan([row], origin=SLACK)


def test_what_i_own_comes_first(world, kari, ola):
    """By Slack's id or by name; others see what is open in their channels."""
    own(world, "*Generic", "U2")
    assert said(world.desk.home(ola)["blocks"]).startswith("1 thing for you to do")
    assert "in your channels" in said(world.desk.home(kari)["blocks"])  # she subscribed it
    own(world, "*Generic", "kari")
    assert said(world.desk.home(kari)["blocks"]).startswith("1 thing for you to do")


def test_what_somebody_is_on_is_theirs(world, ola):
    """In progress by me: it waits for me."""
    advice = world.items[0].advice_id
    world.desk.answer(Press(advice, "progress"), ola)
    told = said(world.desk.home(ola)["blocks"])
    assert told.startswith("1 thing for you to do")
    assert "In progress: Ola" in told


@pytest.mark.parametrize(
    ("language", "heading", "so"),
    [("en", "Nothing new to do", "and still so"), ("nb", "Ikke noe nytt", "fortsatt slik")],
)
def test_what_is_taken_on_is_not_nothing(world, kari, language, heading, so):
    """All is acknowledged and none of it mended: no "nothing to change", and each is named."""
    for item in world.items:
        world.desk.answer(Press(item.advice_id, "acknowledge"), kari)
    view = world.desk.home(replace(kari, language=language))
    told = said(view["blocks"])
    assert told.startswith(heading)
    assert so in told
    assert "Kari" in told
    assert "Meta | Leads B2B" in told
    assert validate_view(view) == []


def test_a_fault_taken_on_days_ago_is_still_named(world, ola, monkeypatch):
    """In progress since another morning, and the rule is only silent for it: named, in words."""
    [record] = [
        record
        for record in judged(world.context, DAY).shown
        if record.advice.action == "check_tracking"
    ]
    world.desk.answer(Press(record.advice.id, "progress"), ola)
    (id_,) = record.advice.campaign_ids
    held = HeldBack(id_, record.advice.rule, "answered")
    monkeypatch.setattr(home.judged, "judged", lambda *_: JudgedMorning(DAY, (), (held,)))
    told = said(world.desk.home(ola)["blocks"])
    assert told.startswith("Nothing new to do")
    assert "tracking of Meta | Leads B2B. ⏳ In progress: Ola" in told
    assert id_ not in told


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("meta_ads:Leads*", "Leads* (Meta)"),
        ("google_ads:123", "123 (Google)"),
        ("google_ads:Google | Generic", "Google | Generic"),
        ("tiktok_ads:*", "TikTok"),
        ("Brand: autumn", "Brand: autumn"),
        ("brand*", "brand*"),
    ],
)
def test_an_entry_of_the_plan_is_named_as_people_call_it(pattern, name):
    """A channel's key is for machines; a colon in a name is no channel."""
    assert pattern_name(pattern) == name


def test_who_owns_nothing_sees_everything(world, ola):
    """Nothing of mine and no channel of mine: all that is open."""
    assert "things to do" in said(world.desk.home(ola)["blocks"][0])


@pytest.mark.parametrize("language", ["en", "nb"])
def test_home_has_everything_to_change(world, kari, language):
    """Advice, pace, summaries, plan, thresholds, language and zone; Slack takes it."""
    view = world.desk.home(replace(kari, language=language))
    assert validate_view(view) == []
    assert {"plan.edit", "plan.new", "target.new", "threshold.new", "home.subscribe", "home.stop",
            "home.language", "home.zone", "advice.acknowledge"} <= buttons(view)  # fmt: skip


def test_who_may_not_change_it_reads_it(world, ola):
    """The plan is there; its buttons are not."""
    who = {"admins": ["U1"], "answerers": ["U1"]}
    settings = Settings.model_validate({"who": who})
    context = replace(world.context, settings=settings)
    view = home.home(context, ola)
    assert not {"plan.new", "plan.edit", "home.stop", "home.subscribe"} & buttons(view)
    assert "Reach · CPM" in said(view["blocks"])
    assert {"home.language", "home.zone"} <= buttons(view)


def test_a_change_is_told_on_home(world, kari):
    """Who set what last."""
    own(world, "*Generic", "U2")
    assert "Last changed by Kari on 23 Nov at 08:14: *Generic" in said(
        world.desk.home(kari)["blocks"]
    )


def row(account, spent, *, budget=None, entry="a", channel="google_ads", currency="NOK"):
    columns = {
        "channel": channel,
        "account_id": account,
        "entity": f"{channel}|{account}|{entry}{spent}",
        "currency": currency,
        "monthly_budget": budget,
        "entry": entry,
        "campaign_name": entry,
        "now.spend": spent,
    }
    return CampaignRow(columns)


def figures(rows, days=22):
    span = Window(date(2026, 11, 23 - days), date(2026, 11, 22))
    return Figures(DAY, "mtd", span, span, tuple(rows))


def spending(rows, amount=100.0):
    """28 days at one amount for each of these campaigns."""
    last = date(2026, 11, 22)
    return SpendDays(last, {row.entity: (amount,) * 28 for row in rows}, {})


def test_an_account_is_paced_against_its_own_budgets():
    """So far, the plan, and the rest of the month as its days went."""
    month = figures([row("1", 2200.0, budget=4000.0), row("1", 500.0, entry="b")])
    (line,) = by_account(month, month, spending(month.rows[:1]))
    assert (line.name, line.spent, line.planned, line.outside) == ("Google", 2200, 4000, 500)
    assert line.lands == pytest.approx((3000.0, 3000.0))  # 8 days left at 100 a day


def test_a_budget_of_several_accounts_is_one_line():
    """What is shared cannot be told apart; other accounts stay by themselves."""
    month = figures([
        row("1", 100.0, budget=900.0),
        row("2", 50.0, budget=900.0, channel="meta_ads"),
        row("3", 30.0, budget=600.0, entry="b", channel="meta_ads"),
    ])  # fmt: skip
    told = {line.name: line for line in by_account(month, month, spending(()))}
    assert set(told) == {"Google + Meta 2", "Meta 3"}
    assert (told["Google + Meta 2"].spent, told["Google + Meta 2"].planned) == (150, 900)


def test_numbers_that_ended_are_paced_to_where_they_end():
    """Six days late, a month on plan is on plan: what is not known yet is foretold, not missing."""
    campaign = row("1", 1600.0, budget=3000.0)
    days = SpendDays(
        date(2026, 11, 22), {campaign.entity: (100.0,) * 22 + (None,) * 6},
        {"google_ads": date(2026, 11, 16)},
    )  # fmt: skip
    (line,) = lines(figures([campaign]), days, Plan()).lines
    assert line.lands == pytest.approx((1.0, 1.0))
    assert lines(figures([campaign]), days, Plan()).late


def test_currencies_are_never_added():
    """One account in two currencies is two lines."""
    rows = [row("1", 100.0, budget=900.0), row("1", 7.0, currency="EUR")]
    month = figures(rows)
    assert {(one.currency, one.planned) for one in by_account(month, month, spending(()))} == {
        ("NOK", 900.0),
        ("EUR", None),
    }


def many(count):
    """Campaigns with every kind of name, as the 28-day board has them."""
    return tuple(
        planning_match.PlannedCampaign("google_ads", f"{NAMES[at % len(NAMES)]} {at}",
                                       "convert", "CPA",
                                "NOK", NAMES[at % 3], "cpa")
        for at in range(count)
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("count", [0, 1, 12, 5_000])
def test_home_and_forms_fit_at_any_size(world, kari, monkeypatch, count, language):
    """Under Slack's limits with 5,000 campaigns and as many entries; hostile names stay inert."""
    at, asker = world.context.clock(), replace(kari, language=language)
    rows = [
        PlanRow(f"{NAMES[n % len(NAMES)]} {n}", {"owner": NAMES[n % 5], "monthly_budget": 1e9,
                "target": {"cpa": 9.5, "cpl": 3.0}}, DAY, "U1", at, SLACK, n)
        for n in range(count)
    ]  # fmt: skip
    world.store.set_plan(rows, origin=SLACK)
    known = many(count)
    for module in ("home.tab", "plan.form"):
        monkeypatch.setattr(f"bot.features.{module}.campaigns", lambda *_: known)
    view = world.desk.home(asker)
    assert validate_view(view) == []
    assert len(view["blocks"]) <= LIMITS["view.blocks"]
    assert "<!channel>" not in str([b for b in view["blocks"] if "mrkdwn" in str(b)])
    pattern = rows[-1].pattern if rows else ""
    for action in ("plan.new", "plan.edit", "target.new", "threshold.new"):
        forms = SlackForms(world.desk.forms)
        form = forms.opened(action, pattern, asker)
        assert validate_view(form) == []
        if action != "threshold.new":
            kind = action.partition(".")[0]
            assert validate_view(forms.pressed(f"{kind}.preview", form, asker)) == []
