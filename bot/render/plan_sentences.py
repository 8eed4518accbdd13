"""Sentences about the plan: entries, changes, thresholds, the choices of its forms.

The plan's fields, the thresholds, and what may be wrong with a form, in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.render import lexicon
from bot.render.catalogue import N_
from bot.render.controls import Element, option
from bot.render.escaping import MISSING, Long, Words, mark, words
from bot.render.phrases import Phrases
from bot.render.values.plans import (
    AccountPace,
    CellChoice,
    Changed,
    Difference,
    PlanLine,
    pattern_name,
)

MOST_NAMED = 3  # entries a line names; the rest are counted

FIELD_NAMES: Mapping[str, str] = {
    "channel": N_("channel"),
    "stage": N_("stage"),
    "pricing_model": N_("pricing model"),
    "target": N_("target"),
    "monthly_budget": N_("month's budget"),
    "floor": N_("floor"),
    "client": N_("client"),
    "owner": N_("owner"),
    "demand": N_("demand"),
    "measured_by": N_("measured by"),
    "billed_by": N_("billed by"),
    "value": N_("value"),
}
THRESHOLDS: Mapping[str, str] = {
    "waste": N_("Above target from so many times the target"),
    "room": N_("Room to grow under this share of the target"),
    "dearer": N_("Without a target: expensive from so many times what others pay"),
    "cheaper": N_("Without a target: cheap, as a share of what others pay"),
    "waste_hard": N_("A larger cut from so many times the target"),
    "pause": N_("Pause without a result after so many targets spent"),
    "price_rise": N_("A price rise that is news, in times of before"),
    "worse": N_("Worse after a raise, in times of the cost before"),
    "results": N_("Results before an opinion about their price"),
    "impressions": N_("Showings before an opinion about the click rate"),
    "clicks": N_("Clicks before an opinion about what visitors do"),
    "peers": N_("Campaigns alike before others are compared with"),
    "frequency": N_("How often the same person may see it in a week"),
    "daily_frequency": N_("How often the same person may see it in a day"),
    "ctr_drop": N_("A click rate fallen by this share is tired"),
    "ctr_peers": N_("A click rate under this share of the others' is weak"),
    "cost_break": N_("How surely a result suddenly costs more"),
    "satisfaction_drop": N_("Satisfaction under this share of before is falling"),
    "fatigue": N_("Tired: clicks down and frequency up, in deviations"),
    "landing_rate": N_("Share of clicks after which the page should open"),
    "rate_drop": N_("A lead or sale rate under this share of before broke"),
    "quality_good": N_("Share of leads worth talking to: fine from here"),
    "quality_bad": N_("Share of leads worth talking to: poor below"),
    "known_customers": N_("Share of repeat sales: reaching nobody new above"),
    "documented": N_("Share of sales that must be in your own books"),
    "repeat_drop": N_("A repeat rate under this share of before is falling"),
    "word_of_mouth": N_("Reactions worth amplifying, in times of before"),
    "starved": N_("Reach is starved under this share of the money it had"),
    "shift_from": N_("May give to a neighbour from so many times the target"),
    "step": N_("Share of a budget that moves at most at a time"),
    "test_step": N_("Share of a budget that moves at most in a test"),
    "bid_step": N_("Share of a bid target that moves at most at a time"),
    "floor": N_("Share of the stage's budget never taken in a morning"),
    "delivery": N_("No raise where less than this share of budget is used"),
    "full": N_("Budget used up from this share on: it may receive"),
    "elasticity": N_("Results gained by a budget, as a power of it"),
    "learning_days": N_("Days without money advice after a budget edit"),
    "learning_results": N_("… or until so many results have come"),
    "test_days": N_("Days that a test runs"),
    "pace_wide": N_("How far off the month may land on its first day"),
    "pace_tight": N_("How far off the month may land on its last day"),
    "pace_days": N_("Days left under which pace asks for nothing"),
    "outage": N_("How surely it is not chance that nothing is counted"),
    "suspected": N_("Results that were due before money stays in place"),
    "spend_spike": N_("A day's spend that is too much, in daily budgets"),
    "spend_usual": N_("A day's spend that is too much, in usual days"),
    "showings": N_("Showings a day, usually, before silence is news"),
    "silent_share": N_("… or such a share of its account's spend"),
    "silent_days": N_("Days without a showing before it is news"),
    "account_loss": N_("How surely an account suddenly counts too little"),
    "lost": N_("How surely clicks suddenly bring fewer results"),
    "dearer_showings": N_("How surely money suddenly buys fewer showings"),
    "narrow": N_("How surely showings suddenly reach fewer people"),
    "unreported_days": N_("Days without results reported before that is said"),
    "late_days": N_("Days an account's numbers may be behind"),
    "month_used": N_("The month's spend, in 30.4 daily budgets"),
    "double": N_("How surely clicks suddenly bring too many results"),
    "least_stake": N_("Share of an account's spend worth a line"),
    "spend_jump": N_("A jump in spend, in usual days, without a budget"),
    "overdispersion": N_("How much more than dice results scatter"),
    "day_noise": N_("Share by which days differ for no reason"),
}
"""Thresholds of rules/thresholds.yml in a few words; `captured` is no dial."""

SAID: tuple[str, ...] = (
    N_("%(given)s can be read in two ways."),
    N_("Write %(whole)s or %(part)s0."),
    N_("That is more exact, or more, than money is kept."),
    N_("Write at most %(decimals)s decimals."),
    N_("%(given)s is no amount over 0."),
    N_("Write it like 350 or 349,50."),
    N_("%(given)s is no number."),
    N_("Write it like 3 or 0,25."),
    N_("It has to be over 0."),
    N_("I need to know which campaigns it is about."),
    N_("Write a name or a pattern like brand*."),
    N_("That is too long for a pattern."),
    N_("The entry says nothing yet."),
    N_("Fill in one of the fields."),
    N_("No campaign fits that."),
    N_("Look with Preview, or make an entry of the plan."),
    N_("These campaigns are in several currencies."),
    N_("Choose a channel of one."),
    N_("Campaigns of other stages share an entry of the plan with these."),
    N_("Write a pattern that fits only the ones you mean."),
)
"""What is wrong with a form, as it is raised."""


class PlanSentences:
    """Sentences about the plan in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.speech = phrases, phrases.speech

    def threshold(self, name: str) -> Words:
        """A threshold in words; its name where there are none."""
        description = THRESHOLDS.get(name)
        return self.speech.say(description) if description else mark(name)

    def dial(self, value: float) -> str:
        """A threshold's value, to six decimals."""
        return self.speech.forms.decimal(value, 6, 0)

    def difference(self, edit: Difference) -> Words:
        """`target: 350 → 320`."""
        return self.speech.say(
            N_("%(field)s: %(before)s → %(after)s"),
            field=self.speech.say(FIELD_NAMES.get(edit.field, edit.field)),
            before=self._shown(edit.field, edit.before),
            after=self._shown(edit.field, edit.after),
        )

    def cell(self, choice: CellChoice) -> Words:
        """`Convert, CPA: price a sale`, the metric being what the cell judges by."""
        return self.speech.say(
            N_("%(stage)s, %(pricing)s: %(metric)s"),
            stage=self.phrases.word("STAGES", choice.stage),
            pricing=choice.pricing,
            metric=self.priced(choice.judge),
        )

    def priced(self, metric: str, currency: str | None = None) -> Words:
        """What a target is of: `NOK a sale`, `price a sale` where no currency is known."""
        unit = mark(currency) if currency else self.speech.say(N_("price"))
        template = lexicon.PRICES.get(metric)
        return self.speech.say(template, amount=unit) if template else self.phrases.noun(metric)

    def price(self, value: float, metric: str, currency: str | None) -> Words:
        """`349.50 kr a sale`: to the last decimal that was written."""
        amount = self._exactly(value, currency)
        template = lexicon.PRICES.get(metric)
        return self.speech.say(template, amount=amount) if template else mark(amount)

    def long(self, text: str) -> Long:
        """An error's sentence, which may be longer than a name."""
        return Long(text)

    def of(self, label: Words, currency: str | None) -> Words:
        """A field's label with the currency it is in, where that is known."""
        if not currency:
            return label
        template = N_("%(label)s (%(currency)s)")
        return self.speech.say(template, label=label, currency=currency)

    def cell_options(self, cells: Sequence[CellChoice]) -> list[Element]:
        """The cells as choices, with how many campaigns each has."""
        return [option(self._counted(choice), choice.value) for choice in cells]

    def dial_options(self, names: Sequence[str]) -> list[Element]:
        """The thresholds as choices."""
        return [option(self.threshold(name), name) for name in names]

    def account(self, pace: AccountPace) -> Words:
        """`Google: 12 300 kr of 40 000 kr (31 %), lands at 98 % to 104 %`."""
        forms, say = self.speech.forms, self.speech.say
        spent = forms.money(pace.spent, pace.currency)
        name = mark(pace.name) if pace.name else say(N_("Without a client"))
        if pace.planned is None:
            outside = forms.money(pace.outside, pace.currency)
            template = N_("%(name)s: %(spent)s so far, without a budget")
            return say(template, name=name, spent=outside)
        budget = forms.money(pace.planned, pace.currency)
        share = forms.percent(pace.spent / pace.planned)
        template = N_("%(name)s: %(spent)s of %(budget)s (%(share)s)")
        sentences = [say(template, name=name, spent=spent, budget=budget, share=share)]
        sentences.append(self._lands(pace))
        if pace.outside:
            extra = forms.money(pace.outside, pace.currency)
            sentences.append(say(N_("%(amount)s more without a budget"), amount=extra))
        return words(*sentences, between=", ")

    def changed(self, edit: Changed) -> Words:
        """`Last changed by Ola on 23 Nov at 08:14: brand*`."""
        return self.speech.say(
            N_("Last changed by %(who)s on %(day)s at %(at)s: %(what)s"),
            who=edit.who,
            day=self.speech.forms.short_day(edit.at.date()),
            at=self.speech.forms.clock(edit.at),
            what=self._named(edit.patterns),
        )

    def _named(self, patterns: Sequence[str]) -> Words:
        """Patterns by name; of many the first, and how many more."""
        names = Long(", ".join(map(pattern_name, patterns[:MOST_NAMED])))
        unnamed = len(patterns) - MOST_NAMED
        if unnamed <= 0:
            return mark(names)
        return self.speech.count(
            "%(names)s and %(n)s more", "%(names)s and %(n)s more", unnamed, names=names
        )

    def _lands(self, pace: AccountPace) -> Words:
        if pace.lands is None or not pace.planned:
            return self.speech.say(N_("too early to say where it ends"))
        low, high = (self.speech.forms.percent(amount / pace.planned) for amount in pace.lands)
        if low == high:
            return self.speech.say(N_("on the way to about %(share)s"), share=low)
        return self.speech.say(N_("on the way to %(low)s to %(high)s"), low=low, high=high)

    def _counted(self, choice: CellChoice) -> Words:
        label = self.cell(choice)
        return words(label, f"({choice.campaigns})") if choice.campaigns else label

    def line(self, entry: PlanLine) -> Words:
        """`Convert · CPA · target 300 kr a sale · 40 000 kr a month · Kari`."""
        parts = [self.phrases.word("STAGES", entry.stage)] if entry.stage else []
        parts += [mark(entry.pricing)] if entry.pricing else []
        parts += [self._target(entry)] if entry.target is not None else []
        if entry.budget is not None:
            budget = self.speech.forms.budget(entry.budget, entry.currency)
            parts.append(self.speech.say(N_("%(amount)s a month"), amount=budget))
        parts += [mark(entry.owner)] if entry.owner else []
        return Words(" · ".join(parts) or MISSING)

    def _target(self, entry: PlanLine) -> Words:
        price_text = self.price(entry.target or 0.0, entry.metric, entry.currency)
        return self.speech.say(N_("target %(target)s"), target=price_text)

    def _exactly(self, value: float, currency: str | None) -> str:
        exact = Decimal(repr(float(value))).normalize()
        digits = max(0, -int(exact.as_tuple().exponent))
        return self.speech.forms.amount(exact, max(digits, 2) if digits else 0, currency)

    def _shown(self, field: str, value: object) -> object:
        if value is None:
            return MISSING
        if isinstance(value, Mapping):
            prices = [self._priced(str(metric), amount) for metric, amount in value.items()]
            return Words(", ".join(prices))
        if isinstance(value, int | float):
            return self.speech.forms.decimal(value, 6, 0)
        return self.phrases.word("STAGES", str(value)) if field == "stage" else value

    def _priced(self, metric: str, value: object) -> Words:
        return self.price(float(str(value)), metric, None)
