"""The field's words: metrics, stages, verdicts, actions, states. msgids of the catalogue.

The shipped glossary of metrics, for a renderer that was given none of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import yaml

from bot.numbers.input.windows import WEEKDAYS
from bot.numbers.metrics.glossary import Metrics
from bot.places import shipped
from bot.render.catalogue import N_, NN_

PRICES: Mapping[str, str] = {
    "cpm": N_("%(amount)s per 1,000 showings"),
    "cost_per_reach": N_("%(amount)s per 1,000 reached"),
    "cpc": N_("%(amount)s a click"),
    "cost_per_landing_view": N_("%(amount)s a visit"),
    "cpl": N_("%(amount)s a lead"),
    "cost_per_qualified_lead": N_("%(amount)s a qualified lead"),
    "cpa": N_("%(amount)s a sale"),
    "cpa_documented": N_("%(amount)s a documented sale"),
    "cost_per_engagement": N_("%(amount)s a reaction"),
    "cost_per_repeat_sale": N_("%(amount)s a repeat sale"),
    "frequency": N_("seen %(amount)s each"),
    "roas": N_("%(amount)s back per unit spent"),
}
MOVES: Mapping[str, str] = {
    "cpm": N_("%(before)s → %(now)s per 1,000 showings"),
    "cost_per_reach": N_("%(before)s → %(now)s per 1,000 reached"),
    "cpc": N_("%(before)s → %(now)s a click"),
    "cost_per_landing_view": N_("%(before)s → %(now)s a visit"),
    "cpl": N_("%(before)s → %(now)s a lead"),
    "cost_per_qualified_lead": N_("%(before)s → %(now)s a qualified lead"),
    "cpa": N_("%(before)s → %(now)s a sale"),
    "cpa_documented": N_("%(before)s → %(now)s a documented sale"),
    "cost_per_engagement": N_("%(before)s → %(now)s a reaction"),
    "cost_per_repeat_sale": N_("%(before)s → %(now)s a repeat sale"),
}
COUNTS: Mapping[str, tuple[str, str]] = {
    "impressions": NN_("%(n)s showing", "%(n)s showings"),
    "reach": NN_("%(n)s person reached", "%(n)s people reached"),
    "clicks": NN_("%(n)s click", "%(n)s clicks"),
    "landing_views": NN_("%(n)s visit", "%(n)s visits"),
    "leads": NN_("%(n)s lead", "%(n)s leads"),
    "qualified_leads": NN_("%(n)s qualified lead", "%(n)s qualified leads"),
    "conversions": NN_("%(n)s sale", "%(n)s sales"),
    "documented_conversions": NN_("%(n)s documented sale", "%(n)s documented sales"),
    "repeat_conversions": NN_("%(n)s repeat sale", "%(n)s repeat sales"),
    "engagements": NN_("%(n)s reaction", "%(n)s reactions"),
    "days": NN_("%(n)s day", "%(n)s days"),
}
NOUNS: Mapping[str, str] = {
    "reach": N_("people reached"),
    "impressions": N_("showings"),
    "clicks": N_("clicks"),
    "landing_views": N_("visits"),
    "leads": N_("leads"),
    "qualified_leads": N_("qualified leads"),
    "conversions": N_("sales"),
    "documented_conversions": N_("documented sales"),
    "repeat_conversions": N_("repeat sales"),
    "engagements": N_("reactions"),
    "": N_("results"),
}
NEEDED: Mapping[str, tuple[str, str]] = {
    "clicks": NN_("%(n)s more click needed", "%(n)s more clicks needed"),
    "impressions": NN_("%(n)s more showing needed", "%(n)s more showings needed"),
    "leads": NN_("%(n)s more lead needed", "%(n)s more leads needed"),
    "conversions": NN_("%(n)s more sale needed", "%(n)s more sales needed"),
    "engagements": NN_("%(n)s more reaction needed", "%(n)s more reactions needed"),
    "days": NN_("%(n)s more day needed", "%(n)s more days needed"),
}
GUESSED: Mapping[str, str] = {
    "reach": N_("awareness campaigns"),
    "act": N_("lead or traffic campaigns"),
    "act/CPM": N_("lead or traffic campaigns"),
    "act/CPC": N_("traffic campaigns"),
    "act/CPL": N_("lead campaigns"),
    "act/CPA": N_("lead campaigns"),
    "convert": N_("sales campaigns"),
    "engage": N_("customer campaigns"),
}
"""What campaigns of a stage are called by people."""
GUESSED_ONE: Mapping[str, str] = {
    "reach": N_("an awareness campaign"),
    "act/CPM": N_("a lead or traffic campaign"),
    "act/CPC": N_("a traffic campaign"),
    "act/CPL": N_("a lead campaign"),
    "act/CPA": N_("a lead campaign"),
    "convert": N_("a sales campaign"),
    "engage": N_("a customer campaign"),
}

STAGES: Mapping[str, str] = {
    "reach": N_("Reach"),
    "act": N_("Act"),
    "convert": N_("Convert"),
    "engage": N_("Engage"),
    "": N_("No stage yet"),
}
VERDICTS: Mapping[str, str] = {
    "on_target": N_("on target"),
    "above_target": N_("above target"),
    "below_target": N_("below target"),
    "room": N_("room to grow"),
    "testing": N_("test running"),
    "waiting": N_("waiting for data"),
    "no_target": N_("no target"),
    "check:tracking": N_("check tracking"),
    "check:delivery": N_("check delivery"),
    "check:spend": N_("check spend"),
    "check:landing_page": N_("check landing page"),
    "change:shift_budget": N_("change advised: less budget"),
    "change:cut_budget": N_("change advised: less budget"),
    "change:pause": N_("change advised: pause"),
    "change:refresh_creative": N_("change advised: new creative"),
    "change:cap_frequency": N_("change advised: cap frequency"),
    "change:review_keywords": N_("change advised: keywords"),
    "change:review_audience": N_("change advised: audience"),
    "change:review_leads": N_("change advised: lead quality"),
    "change:dispute_sales": N_("change advised: dispute sales"),
    "change:run_test": N_("change advised: run a test"),
    "change:amplify": N_("change advised: amplify"),
    "change:ask_customers": N_("change advised: ask customers"),
}
VERDICT_MEANS: Mapping[str, str] = {
    "on_target": N_("On target: a result costs its target or less, or not clearly more."),
    "above_target": N_("Above target: a result costs clearly more than the target."),
    "below_target": N_("Below target: money brings back clearly less than the target."),
    "room": N_("Room to grow: results cost well under target, or it is to be given more money."),
    "testing": N_("Test running: another budget is being tried; it is read on a set day."),
    "change": N_("Change advised: there is something to do about it, in /perf advice."),
    "waiting": N_("Waiting for data: too few results, or too late, to judge its price."),
    "check": N_(
        "Check: something looks wrong; look into that first, no budget is touched meanwhile."
    ),
    "no_target": N_("No target: the plan has none, so its price is shown and not judged."),
}
"""Each verdict in one sentence, where it stands."""
ACTIONS: Mapping[str, str] = {
    "shift_budget": N_("move %(amount)s a day to %(to)s"),
    "raise_budget": N_("raise the budget of %(name)s"),
    "cut_budget": N_("cut the budget of %(name)s"),
    "raise_bid": N_("let %(name)s bid more"),
    "pause": N_("pause %(name)s"),
    "refresh_creative": N_("make fresh creative for %(name)s"),
    "cap_frequency": N_("cap the frequency of %(name)s"),
    "fix_landing_page": N_("check the landing page of %(name)s"),
    "review_keywords": N_("review the keywords of %(name)s"),
    "review_audience": N_("look at whom %(name)s reaches"),
    "review_leads": N_("look at the lead quality of %(name)s"),
    "dispute_sales": N_("ask for proof of the sales of %(name)s"),
    "check_tracking": N_("check the tracking of %(name)s"),
    "check_spend": N_("check the spend of %(name)s"),
    "check_delivery": N_("check the delivery of %(name)s"),
    "adjust_pacing": N_("adjust the pace of %(name)s"),
    "weigh_stages": N_("weigh the stages against each other"),
    "run_test": N_("run a test on %(name)s"),
    "amplify": N_("amplify %(name)s while it is talked about"),
    "ask_customers": N_("ask the customers of %(name)s"),
    "hold": N_("wait for the numbers from %(source)s"),
}
HEADS: Mapping[str, str] = {
    "raise_bid": N_("Bid target"),
    "pause": N_("Pause"),
    "refresh_creative": N_("Fresh creative"),
    "cap_frequency": N_("Cap the frequency"),
    "fix_landing_page": N_("Landing page"),
    "review_keywords": N_("Keywords"),
    "review_audience": N_("Audience"),
    "review_leads": N_("Lead quality"),
    "dispute_sales": N_("Ask for proof"),
    "check_tracking": N_("Check tracking"),
    "check_spend": N_("Check the spend"),
    "check_delivery": N_("Delivery"),
    "adjust_pacing": N_("Adjust the pace"),
    "weigh_stages": N_("Weigh the stages"),
    "run_test": N_("Run a test"),
    "amplify": N_("Amplify"),
    "ask_customers": N_("Ask the customers"),
    "hold": N_("Late numbers"),
}
TRUE_OF: Mapping[str, tuple[str, str]] = {
    "detail-page-broken": (N_("mend a landing page of %(name)s"), N_("Landing page")),
    "detail-keyword-waste": (
        N_("cut the keywords of %(name)s that waste money"), N_("Wasted keywords")
    ),
    "detail-term-waste": (
        N_("exclude the searches of %(name)s that waste money"), N_("Wasted searches")
    ),
    "detail-ad-tired": (N_("replace a tired ad of %(name)s"), N_("Tired ad")),
    "detail-misfit": (N_("look at whom %(name)s does not fit"), N_("Audience")),
    "detail-quality": (N_("raise the quality scores of %(name)s"), N_("Quality scores")),
    "always-delivery-stop": (N_("find out why %(name)s is not showing"), N_("Not showing")),
    "always-showings-dearer": (
        N_("find out why showings of %(name)s cost more"), N_("Dearer showings")
    ),
    "always-results-missing": (
        N_("bring back the results of %(name)s"), N_("Results no longer reported")
    ),
    "always-spend-missing": (
        N_("bring back the spend of %(name)s"), N_("Spend no longer reported")
    ),
    "always-unit-changed": (
        N_("check the unit of what %(name)s cost"), N_("Money in another unit")
    ),
    "always-value-missing": (
        N_("bring back the sales value of %(name)s"), N_("Sales value no longer reported")
    ),
    "always-new-level": (N_("check what counts as a result on %(name)s"), N_("New level")),
    "always-empty-clicks": (
        N_("find out where the new clicks of %(name)s come from"), N_("Empty clicks")
    ),
    "always-counted-double": (
        N_("check whether %(name)s counts results twice"), N_("Counted twice?")
    ),
    "reach-showing-price": (N_("look at what showings of %(name)s cost"), N_("Price of showings")),
    "reach-price": (N_("look at what clicks on %(name)s cost"), N_("Price of clicks")),
    "act-keywords": (N_("look at what clicks on %(name)s cost"), N_("Price of clicks")),
    "convert-click-price": (N_("look at what clicks on %(name)s cost"), N_("Price of clicks")),
    "engage-visit-price": (N_("look at what clicks on %(name)s cost"), N_("Price of clicks")),
    "reach-contact-price": (N_("look at what contacts of %(name)s cost"), N_("Price of contacts")),
    "act-qualified-price": (N_("look at what leads of %(name)s cost"), N_("Price of leads")),
    "convert-lead-price": (N_("look at what leads of %(name)s cost"), N_("Price of leads")),
}  # fmt: skip
"""What is true where a rule speaks, in the words of a headline and of a list: an action may serve
several rules, and its own words claim nothing about why."""
AMOUNTS: Mapping[str, str] = {
    "raise_budget": N_("give %(name)s %(amount)s more a day"),
    "cut_budget": N_("cut %(name)s by %(amount)s a day"),
}
SHORT_SHIFT = N_("move %(amount)s a day: %(name)s → %(to)s")
SHORT_TEST = N_("move %(amount)s a day as a test: %(name)s → %(to)s")
LONG_SHIFT = N_("move %(amount)s a day from %(name)s to %(to)s")
LONG_TEST = N_("move %(amount)s a day from %(name)s to %(to)s as a test")
LOOK_AT: Mapping[str, str] = {
    "fix_landing_page": N_("Look at the landing page."),
    "check_tracking": N_("Check the tracking."),
    "review_keywords": N_("Look at the keywords."),
    "refresh_creative": N_("Look at the creative."),
    "review_leads": N_("Look at the lead quality."),
    "check_spend": N_("Look at the spend."),
    "check_delivery": N_("Look at the delivery."),
}
STATES: Mapping[str, str] = {
    "open": N_("open"),
    "acknowledged": N_("acknowledged"),
    "in_progress": N_("in progress"),
    "snoozed": N_("snoozed"),
    "dismissed": N_("dismissed"),
    "expired": N_("expired"),
}
CAUSES: Mapping[str, str] = {
    "mix": N_("a different mix of campaigns"),
    "cpm": N_("the price of showings"),
    "cpc": N_("the price of clicks"),
    "ctr": N_("the click rate"),
    "conversion_rate": N_("the conversion rate"),
    "lead_rate": N_("the lead rate"),
    "landing_rate": N_("the landing rate"),
    "close_rate": N_("the close rate"),
    "spend": N_("the spend"),
    "impressions": N_("the number of showings"),
    "frequency": N_("how often each person saw it"),
    "engagement_rate": N_("the share that reacted"),
    "qualified_share": N_("the share of qualified leads"),
    "documented_share": N_("the share of documented sales"),
    "repeat_rate": N_("the share of repeat sales"),
    "order_value": N_("the order value"),
    "unsplit": N_("campaigns that cannot be split up"),
    "other": N_("everything else"),
}
BECAUSE: Mapping[str, str] = {
    "plan": N_("(from the plan)"),
    "row": N_("(as the platform says)"),
    "inferred": N_("(guessed from its name and results)"),
    "unknown": N_("(unknown)"),
}
WINDOWS: Mapping[str, str] = {
    "yesterday": N_("yesterday"),
    "7d": N_("last 7 days"),
    "14d": N_("last 14 days"),
    "28d": N_("last 28 days"),
    "mtd": N_("this month"),
    "qtd": N_("this quarter"),
    "ytd": N_("this year"),
    "wtd": N_("this week"),
    "lastweek": N_("last week"),
    "lastmonth": N_("last month"),
}
SPENT: Mapping[str, str] = {
    "daily": N_("Spend 7 d"),
    "weekly": N_("Spend, the week"),
    "monthly": N_("Spend, the month"),
}
BEFORE: Mapping[str, str] = {
    "yesterday": N_("the same day a week before"),
    "7d": N_("the week before"),
    "mtd": N_("the same days last month"),
    "qtd": N_("the same days last quarter"),
    "ytd": N_("the same days last year"),
    "wtd": N_("the same days the week before"),
    "lastweek": N_("the week before"),
    "lastmonth": N_("the month before"),
    **dict.fromkeys((f"on {day}" for day in WEEKDAYS), "the same day a week before"),
}
REASONS: Mapping[str, str] = {
    "wrong": N_("The numbers are wrong"),
    "known": N_("We know, and it is on purpose"),
    "done": N_("Already done"),
    "disagree": N_("We see it differently"),
    "other": N_("Something else"),
}
GUARDS: Mapping[str, str] = {
    "too_little_data": N_("enough data"),
    "not_sure": N_("sure enough"),
    "false_discovery": N_("sure enough among everything said"),
    "for": N_("true long enough"),
    "cooldown": N_("not answered lately"),
    "learning": N_("not in its learning phase"),
    "muted": N_("nothing more urgent about it"),
    "tracking": N_("tracking is sound"),
    "late_data": N_("numbers are complete"),
    "delivery": N_("it is delivering"),
    "recovering": N_("no results lost lately"),
    "shared_budget": N_("a budget of its own"),
    "floor": N_("the stage keeps its floor"),
    "step": N_("no bigger than one step"),
    "no_pair": N_("a fitting receiver"),
    "margin": N_("its next money speaks for it"),
    "shifted": N_("its budget is not set by a shift"),
    "unknown_budget": N_("the budget is known"),
    "one_a_day": N_("one piece of advice a day"),
    "credited": N_("no money given back lately"),
    "far_target": N_("a target that can be meant"),
    "guessed": N_("a guess of what it is for"),
    "thriving": N_("results well under target"),
    "too_small": N_("too little money"),
    "answered": N_("not answered yet"),
}


@lru_cache(maxsize=1)
def shipped_metrics() -> Metrics:
    """rules/metrics.yml as it came with the product: units and titles of every metric."""
    text = (shipped("rules") / "metrics.yml").read_text("utf-8")
    return Metrics.from_data(yaml.safe_load(text))
