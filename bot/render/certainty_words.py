"""How sure a piece of advice is, in words: a chance where there is one, else what stands for it.

Four kinds, none of them made up: the posterior probability of its lines; for a break a detector
found, how much likelier the numbers are after a change than by chance; for the month's money the
span it was foretold with; and for what was only counted, the count.

Detectors in words: what their numbers say, and what would make them quiet again. Evidence is a name
and its value, side by side, as a section's fields take them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.advice import EXPECTED, UNJUDGED, Reason
from bot.render.catalogue import N_
from bot.render.escaping import Words, capital, mark, words
from bot.render.phrases import Phrases
from bot.render.values.advice_card import Card
from bot.render.values.evidence import AdviceEvidence, EvidenceRow, Side

SIGNS: Mapping[str, str] = {
    "outage": N_("Results that should have come"),
    "outage_days": N_("Days without any result"),
    "unreported_days": N_("Days without results reported"),
    "unvalued_days": N_("Days without their value reported"),
    "uncosted_days": N_("Days without spend reported"),
    "uncounted_clicks": N_("Clicks without any result ever counted"),
    "uncounted_days": N_("Days those clicks came on"),
    "late_days": N_("Days the numbers are behind"),
    "own_late_days": N_("Days its own numbers are behind"),
    "spend_vs_budget": N_("Yesterday's spend, in daily budgets"),
    "spend_vs_usual": N_("Yesterday's spend, in usual days"),
    "spend_excess": N_("Yesterday's spend beyond a usual day's"),
    "unit_jump": N_("Its price, in times of what it was"),
    "unit_days": N_("Days it has cost that"),
    "spend_swing": N_("How far its days go by themselves, in usual days"),
    "month_used": N_("The month's budget used, as a share"),
    "stopped_days": N_("Days reported without a showing"),
    "silent_days": N_("Days without a report"),
    "usual_share": N_("Usual share of the account's spend"),
    "usual_showings": N_("Usual showings a day"),
    "fatigue": N_("Signs of a tired ad, in standard deviations"),
    "clicks_lost": N_("Clicks a showing has lost, as a share"),
    "market_cpm": N_("Showings in its market, in times of before"),
    "new_level": N_("How surely what a click brings is at a new level"),
    "level_rate": N_("What a click brings since then, as a share"),
    "level_days": N_("Days since then"),
    "level_paid": N_("What money brings since then, as a share"),
    "budget_change": N_("The last budget change, as a share"),
    "results_since_change": N_("Results since that change"),
    "silence": N_("How surely it is not chance that nothing is counted"),
    "account_loss": N_("How surely the whole account counts too little"),
    "tag_fault": N_("How surely results are lost though visits hold"),
    "page_fault": N_("How surely clicks bring less than before"),
    "counted_double": N_("How surely results are counted twice"),
    "showings_fault": N_("How surely money buys fewer showings"),
    "audience_fault": N_("How surely showings reach fewer people"),
    "rate_left": N_("What a click still brings, as a share"),
    "fault_days": N_("Days since then"),
    "fault_least": N_("The fewest days since then, nine to one"),
    "fault_most": N_("The most days since then, nine to one"),
    "double_rate": N_("What a click brings, in times of before"),
    "showings_left": N_("Showings money still buys, as a share"),
    "audience_left": N_("People a showing still reaches, as a share"),
    "keyword_waste": N_("Money a week that keywords waste"),
    "term_waste": N_("Money a week that searches waste"),
    "page_loss": N_("Money a week for a page that broke"),
    "ad_loss": N_("Money a week that tired ads cost"),
    "misfit_cost": N_("Money a week where the message does not fit"),
    "quality_cost": N_("Money a week that goes with low quality scores"),
}
SHARES = {"month_used", "clicks_lost", "level_rate", "level_paid", "budget_change", "rate_left",
          "showings_left", "audience_left"}  # fmt: skip
"""Those of them that are told in per cent."""
TURNS: Mapping[str, str] = {
    "bids_to_target": N_("no bid target any more"),
    "outage": N_("results counted again"),
    "silence": N_("results counted again"),
    "account_loss": N_("results counted again"),
    "tag_fault": N_("results counted as before"),
    "counted_double": N_("results counted as before"),
    "new_level": N_("clicks bringing as much as before"),
    "level_rate": N_("clicks bringing as much as before"),
    "page_fault": N_("clicks bringing as much as before"),
    "showings_fault": N_("showings costing as before"),
    "audience_fault": N_("as many people reached as before"),
    "unreported_days": N_("results being reported again"),
    "unvalued_days": N_("their value being reported again"),
    "uncosted_days": N_("spend being reported again"),
    "uncounted_clicks": N_("a result being counted"),
    "uncounted_days": N_("a result being counted"),
    "late_days": N_("the numbers arriving"),
    "own_late_days": N_("the numbers arriving"),
    "spend_vs_budget": N_("a day's spend back at the budget"),
    "spend_vs_usual": N_("a day's spend back at the usual"),
    "unit_jump": N_("money in the unit it was in"),
    "unit_days": N_("money in the unit it was in"),
    "spend_swing": N_("a day's spend back at the usual"),
    "stopped_days": N_("the campaign being shown again"),
    "silent_days": N_("the campaign being shown again"),
    "fatigue": N_("people clicking as before"),
    "clicks_lost": N_("people clicking as before"),
    "pace_low": N_("the budget landing inside its band"),
    "pace_high": N_("the budget landing inside its band"),
    "keyword_waste": N_("those keywords costing as the others do"),
    "term_waste": N_("those searches costing as the others do"),
    "page_loss": N_("clicks to the page bringing as much as before"),
    "ad_loss": N_("people clicking as before"),
    "misfit_cost": N_("results there costing as among the others"),
    "quality_cost": N_("those clicks costing as the others do"),
}


LOOKS: Mapping[str, int] = {
    **dict.fromkeys(("tag_fault", "counted_double", "showings_fault", "audience_fault"), 1),
    "page_fault": 2,
    "account_loss": 28,
    "new_level": 70,
}
"""Detectors whose value is a log likelihood ratio, and of how many the highest was taken: divided
by as many it is at most the mean of them, which is a likelihood ratio itself."""
PACED, FORETOLD = {"pace_low", "pace_high"}, 0.9
MOST, RARE = 1000.0, 100.0
_UNJUDGED = N_("%(amount)s a week cannot be judged until this is mended")
_UNSPENT = N_("%(amount)s a week is not spent until this is mended")
_UNTIL_IN = N_("%(amount)s a week cannot be judged until the numbers are in")
_UNTIL = {"hold": _UNTIL_IN, "check_delivery": _UNSPENT}  # what is not shown costs nothing
_READ = re.compile(r"([a-z_]+)\.(?:now|before)\b")


class Certain:
    """Sentences about how sure advice is, in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.say = phrases, phrases.speech.say

    def full(self, card: Card) -> Words:
        """A line of the card: `How sure: 94 %.`; nothing where the advice tells no line of it."""
        advice, reasons = card.advice, _told(card)
        if advice.confidence is not None:
            return self.say(
                N_("*How sure:* %(share)s."), share=self.phrases.sure(advice.confidence)
            )
        if (times := self._times(reasons)) is not None:
            return self.say(N_("*How sure:* %(chance)s."), chance=self._chance(times))
        if PACED & set(reasons):
            return self.say(
                N_("*How sure:* at least %(share)s, if the days left cost about as much as those"
                   " before. What is spent is counted, not estimated."), share=self._foretold,
            )  # fmt: skip
        return self._counted(reasons, advice.currency)

    def short(self, card: Card) -> Words:
        """What is at stake and how sure, for a list: `About 26 000 kr a week; 94 % sure.`."""
        sure, stake = self._few(card), self.stake(card)
        if not stake:
            return self.say(N_("How sure: %(sure)s."), sure=sure) if sure else sure
        if not sure:
            return self.say(N_("At stake: %(stake)s."), stake=stake)
        return self.say(N_("At stake: %(stake)s. How sure: %(sure)s."), stake=stake, sure=sure)

    def sureness(self, card: Card) -> Words:
        """How sure alone, the answer to who asks that: `How sure: over 99 %.`; "" where unknown."""
        sure = self._few(card)
        return self.say(N_("How sure: %(sure)s."), sure=sure) if sure else sure

    def stake(self, card: Card) -> Words:
        """`about 3 000 kr a week (1 000 to 5 000)`; nothing where no money can be named."""
        stake, forms, currency = card.stake, self.phrases.forms, card.advice.currency
        if stake is None:
            return Words("")
        amount = forms.money(stake.amount, currency)
        if stake.kind == UNJUDGED:
            template = _UNTIL.get(card.advice.action, _UNJUDGED)
            return self.say(template, amount=amount)
        if not stake.kind:
            return self.say(N_("it is about %(amount)s a week of spend"), amount=amount)
        if stake.low is None or stake.high is None or stake.low == stake.high:
            return self.say(N_("about %(amount)s a week"), amount=amount)
        low, high = (forms.number(end) for end in (stake.low, stake.high))
        template = N_("about %(amount)s a week (%(low)s to %(high)s)")
        return self.say(template, amount=amount, low=low, high=high)

    def weekly(self, card: Card) -> Words:
        """What is at stake as a sentence, for a list that is in its order."""
        stake = self.stake(card)
        return self.say(N_("%(stake)s."), stake=capital(stake)) if stake else stake

    def total(self, cards: Iterable[Card]) -> Words:
        """What is at stake in all of them: the answer to how much; by currency, never added up."""
        known = [card for card in cards if card.stake and _is_at_stake(card, card.stake.kind)]
        lines = []
        for currency in dict.fromkeys(card.advice.currency for card in known):
            of_currency = [card for card in known if card.advice.currency == currency]
            lines += [self._sum(of_currency, EXPECTED), self._sum(of_currency, UNJUDGED)]
        return words(*filter(None, lines))

    def _sum(self, cards: Sequence[Card], kind: str) -> Words:
        stakes = [card.stake for card in cards if card.stake and card.stake.kind == kind]
        if not stakes:
            return Words("")
        forms = self.phrases.forms
        sums = (sum(end) for end in zip(*(stake.span for stake in stakes), strict=True))
        amount, low, high = map(forms.rough, sums)
        money = forms.money(amount, cards[0].advice.currency)
        if kind == UNJUDGED:
            template = N_(
                "%(amount)s a week cannot be judged until tracking or delivery is mended."
            )
            return self.say(template, amount=money)
        if low == high:
            return self.say(N_("About %(amount)s a week is at stake."), amount=money)
        template = N_("About %(amount)s a week is at stake (%(low)s to %(high)s).")
        return self.say(template, amount=money, low=forms.number(low), high=forms.number(high))

    def staked(self, card: Card) -> Words:
        """A line of the card: what is at stake and at what price results were counted."""
        stake = self.stake(card)
        if not stake:
            return stake
        if card.worth is None:
            return self.say(N_("*At stake:* %(stake)s."), stake=stake)
        metric, each = card.worth
        price = self.phrases.price(each, metric, card.advice.currency)
        return self.say(
            N_("*At stake:* %(stake)s, counted at %(price)s."), stake=stake, price=price
        )

    def _few(self, card: Card) -> Words:
        advice, reasons = card.advice, _told(card)
        if advice.confidence is not None:
            return self.phrases.sure(advice.confidence)
        if (times := self._times(reasons)) is not None:
            return self._chance(times)
        if PACED & set(reasons):
            return self.say(N_("at least %(share)s"), share=self._foretold)
        return self.say(N_("counted, not estimated")) if reasons else Words("")

    @property
    def _foretold(self) -> str:
        return self.phrases.forms.percent(FORETOLD)

    def _times(self, reasons: Mapping[str, Reason]) -> float | None:
        """How much likelier the numbers are after a change; None where no detector speaks."""
        name = next((detector for detector in reasons if detector in LOOKS), None)
        nats = reasons[name].left if name else None
        return None if name is None or nats is None else math.exp(min(nats, 50.0)) / LOOKS[name]

    def _chance(self, times: float) -> Words:
        """`very unlikely to be chance (1 in 850)`: by how much less likely chance is."""
        forms = self.phrases.forms
        if times > MOST:
            template = N_("very unlikely to be chance (less than 1 in %(number)s)")
            return self.say(template, number=forms.number(MOST))
        likely = N_("unlikely to be chance (1 in %(number)s)")
        rare = N_("very unlikely to be chance (1 in %(number)s)")
        rounded = forms.rough(times)
        return self.say(rare if rounded >= RARE else likely, number=forms.number(rounded))

    def _counted(self, reasons: Mapping[str, Reason], currency: str | None) -> Words:
        """What was counted: the first number of the rule, which the reader can count again."""
        if not reasons:
            return Words("")
        name, reason = next(iter(reasons.items()))
        if name == "satisfaction":
            return self.say(
                N_("*How sure:* nobody can say: how many answered is not known, so only the"
                   " averages are compared.")
            )  # fmt: skip
        sign = SIGNS.get(name)
        title = self.say(sign) if sign else self.phrases.title(name)
        is_share = name in SHARES and reason.left is not None
        value = (self.phrases.forms.percent(float(reason.left or 0.0)) if is_share
                 else self.phrases.figure(reason.left, name, currency))  # fmt: skip
        text = N_("*How sure:* counted, not estimated. %(title)s: %(value)s.")
        return self.say(text, title=title, value=mark(value))


def _told(card: Card) -> dict[str, Reason]:
    """The lines that held, by the first number each reads; of two about one the first."""
    reasons: dict[str, Reason] = {}
    for reason in card.advice.reasons:
        match = _READ.match(reason.line)
        if match and reason.left is not None and math.isfinite(reason.left):
            reasons.setdefault(match[1], reason)
    return reasons


Pair = tuple[Words, Words]


class Proof:
    """The numbers behind advice, in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.say, self.forms = phrases, phrases.speech.say, phrases.forms

    def days(self, evidence: AdviceEvidence) -> Words:
        """The days the numbers are of; "" where nobody knows."""
        if not evidence.since or not evidence.until:
            return Words("")
        span = self.forms.span(evidence.since, evidence.until)
        if not evidence.before or not evidence.sides:
            return self.say(N_("Numbers of %(span)s."), span=span)
        before = self.forms.span(*evidence.before)
        return self.say(
            N_("Numbers of %(span)s; “before” is %(before)s."), span=span, before=before
        )

    def pairs(self, rows: Sequence[EvidenceRow]) -> list[Pair]:
        """What a number is of, and the number against before and target."""
        return [(self._title(row), self._value(row)) for row in rows]

    def head(self, side: Side) -> Words:
        """Who gives or receives how much: `Generic gives 240 kr a day`."""
        if not side.more:
            return self.say(N_("*%(name)s*"), name=side.name)
        template = N_("*%(name)s* receives %(amount)s a day")
        if side.more < 0:
            template = N_("*%(name)s* gives %(amount)s a day")
        return self.say(template, name=side.name, amount=self._guess(abs(side.more), side))

    def side(self, side: Side) -> list[Pair]:
        """A campaign's line of the table: spend, results, its price, budget, the next result."""
        return [*self.pairs(side.rows), *self._budget(side), *self._next(side)]

    def _budget(self, side: Side) -> Iterator[Pair]:
        if side.after is None:
            return
        after = self.forms.budget(side.after, side.currency)
        if side.before is not None:
            template, before = N_("%(before)s → %(after)s"), self.forms.budget(side.before, None)
            after = self.say(template, before=before, after=after)
        amount = self.say(N_("about %(amount)s"), amount=after) if side.about else mark(after)
        yield self.phrases.title("daily_budget"), amount

    def _next(self, side: Side) -> Iterator[Pair]:
        if side.next_cost is None:
            return
        cost, *ends = (self.phrases.figure(bound, "next_cost", side.currency)
                       for bound in side.next_cost)  # fmt: skip
        price = mark(cost)
        if None not in side.next_cost:
            template = N_("%(now)s (90 %% sure between %(low)s and %(high)s)")
            price = self.say(template, now=cost, low=ends[0], high=ends[1])
        yield self.phrases.title("next_cost"), price

    def _guess(self, amount: float, side: Side) -> Words:
        budget = self.forms.budget(amount, side.currency)
        return self.say(N_("about %(amount)s"), amount=budget) if side.about else mark(budget)

    def _title(self, row: EvidenceRow) -> Words:
        title = self.phrases.title(row.metric)
        return self.say(N_("%(title)s a day"), title=title) if row.a_day else title

    def _value(self, row: EvidenceRow) -> Words:
        formatter = self.phrases.figure
        figure: object = formatter(row.now, row.metric, row.currency)
        if row.before is not None:
            before = formatter(row.before, row.metric, row.currency)
            template = N_("%(now)s (before: %(before)s)")
            figure = self.say(template, now=figure, before=before)
        if row.target is None:
            return mark(figure)
        target = formatter(row.target, row.metric, row.currency)
        return self.say(N_("%(figure)s, target %(target)s"), figure=figure, target=target)


def _is_at_stake(card: Card, kind: str) -> bool:
    """Nobody has answered it; what cannot be judged is so as well while somebody is on it."""
    return card.state == "open" or (kind == UNJUDGED and card.state == "in_progress")
