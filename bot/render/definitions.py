"""What the words mean, in one sentence each; metrics are said by what they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.render import lexicon
from bot.render.catalogue import N_
from bot.render.escaping import Words, words
from bot.render.phrases import Phrases
from bot.render.values.conversation import Definition

TERMS: Mapping[str, str] = {
    "settling": N_(
        "*Settles at*: some sales are reported days late, so the newest days look worse "
        "than they will. It is what the price ends at once late sales are in, learned "
        "from how late they were before."
    ),
    "room": N_(
        "*Room to grow*: its results cost clearly less than the target, so it can take "
        "more money before the price reaches it."
    ),
    "documented": N_(
        "*Documented sales*: sales the platform counts that were found again in your own "
        "orders or books."
    ),
    "pacing": N_(
        "*Pacing*: how the month's budget is being used against how much of the month is "
        "over, and where it ends at this pace."
    ),
    "snooze": N_(
        "*Snooze*: the advice is hidden until the day you say, and comes back then if it "
        "is still true."
    ),
    "stake": N_(
        "*At stake*: what is expected to be lost or gained in a week if nothing is done; "
        "for tracking faults, the spend a week that cannot be judged."
    ),
    "sure": N_(
        "*90 %% sure*: the chance that what is said holds, as the numbers stand; about "
        "nine times out of ten it should. An interval of 90 %% holds the truth as often."
    ),
    "above_target": N_(
        "*Above target*: the price of a result in the days judged is higher than the "
        "target in the plan, by more than the rules allow for, on enough results."
    ),
    "learning": N_(
        "*Learning phase*: the days after a change in which a platform tries out "
        "delivery; its numbers are not judged until it is over."
    ),
    "profit": N_(
        "*Profit* is what is left of the revenue when the cost of goods, ads and the "
        "rest is paid; I know the ad spend, not your margin."
    ),
    "shift": N_(
        "*Shift*: money moved from one campaign to another of the same stage, so that "
        "the total stays the same."
    ),
    "test": N_(
        "*Test*: a dated change of a budget whose effect is read on a day that is set "
        "beforehand, against campaigns nobody touched."
    ),
    "act": N_(
        "*Act* is the second stage of RACE: people who show interest, by a click, a "
        "visit or leaving their contact as a lead."
    ),
    "reach": N_(
        "*Reach* is the first stage of RACE: people who are to see you, judged by the "
        "price of 1,000 showings or people reached."
    ),
    "convert": N_(
        "*Convert* is the third stage of RACE: people who are to buy, judged by the cost of a sale."
    ),
    "engage": N_(
        "*Engage* is the fourth stage of RACE: customers who come back, react and recommend."
    ),
    "frequency": N_("*Frequency*: how often the same person was shown the ads, on average."),
    "landing_views": N_(
        "*Landing view*: a visit in which the landing page really opened after the click."
    ),
    "qualified_leads": N_("*Qualified lead*: a lead that sales found worth talking to."),
    "leads": N_("*Lead*: somebody who left their details."),
    "conversions": N_("*Conversion*: a sale or another final action, as the platform counts it."),
    "impressions": N_("*Impression*: the ad was shown once."),
    "engagements": N_("*Engagement*: a like, share, comment or review."),
    "attribution": N_(
        "*Attribution*: which ad a platform gives the credit for a sale; two platforms "
        "may both claim the same one."
    ),
    "guard": N_(
        "*Guard*: a reason that holds advice back, such as too little data or late numbers."
    ),
    "pricing_model": N_(
        "*Pricing model*: what a campaign is judged by paying for: showings (CPM), "
        "clicks (CPC), leads (CPL) or sales (CPA)."
    ),
}


@dataclass(frozen=True)
class Definitions:
    """The definitions in one language."""

    phrases: Phrases

    def all(self, definition: Definition) -> Words:
        """Everything that is explained, in a row."""
        sentences = (*map(self.metric, definition.metrics), *map(self.term, definition.terms))
        return words(*sentences)

    def term(self, name: str) -> Words:
        """A word of ours."""
        return self.phrases.speech.say(TERMS[name])

    def metric(self, name: str) -> Words:
        """A number by what it is made of; a word of ours where it is no ratio."""
        definition, say = self.phrases.metrics.get(name), self.phrases.speech.say
        if name in TERMS or definition is None:
            return self.term(name) if name in TERMS else Words("")
        values = {"metric": self.phrases.title(name), "meaning": ""}
        if not definition.over or not definition.sum:
            return say(
                N_("*%(metric)s*: a number added up over the days as the platform gives it."),
                **values,
            )
        values |= {
            "top": str(self._part(definition.sum)),
            "bottom": str(self._part(definition.over)),
        }
        if definition.sum == "spend" and definition.scale != 1:
            return say(
                N_("*%(metric)s* is the price of 1,000: spend divided by %(bottom)s, times 1,000."),
                **values,
            )
        if definition.sum == "spend":
            return say(
                N_("*%(metric)s* is the cost of one: spend divided by %(bottom)s."), **values
            )
        return say(N_("*%(metric)s* is %(top)s divided by %(bottom)s."), **values)

    def _part(self, column: str) -> Words:
        if column in lexicon.NOUNS:
            return self.phrases.plural(column)
        return self.phrases.noun(column)
