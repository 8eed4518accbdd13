"""The glossary: what each word of ours and of the field means, in a sentence. msgids.

Metrics are said by what they are made of.
"""

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
    "on_target": N_(
        "*On target*: a result costs about what the target in the plan says, or a little less."
    ),
    "change_advised": N_(
        "*Change advised*: a piece of advice about the campaign is open, such as to move its money "
        "or check its tracking."
    ),
    "waiting": N_(
        "*Waiting for data*: there are too few results yet to judge the campaign by their price."
    ),
    "no_target": N_(
        "*No target*: the plan gives the campaign no target, so its price is shown and not judged."
    ),
    "verdicts": N_(
        "*Verdicts* say how a campaign stands. On target: about its target. Above target: clearly "
        "over it. Room to grow: well under it, or to be given more money. Test running: another "
        "budget is being tried. Change advised: something to do, and which. Check: tracking, "
        "spend, delivery or the landing page needs a look. Waiting for data: too few results yet. "
        "No target: not judged."
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
    "acknowledge": N_(
        "*Acknowledge*: you agree with the advice and will do it. Nothing is changed by that in "
        "the ad accounts; a move of money is measured from that morning on."
    ),
    "progress": N_("*In progress*: somebody has taken the advice on and is working on it."),
    "dismiss": N_(
        "*Dismiss*: the advice is turned down, and the reason stands in the log with your name."
    ),
    "holdout": N_(
        "*Holdout* or control group: campaigns or people nobody touches, to compare with; what "
        "changes there too would have happened anyway."
    ),
    "incrementality": N_(
        "*Incrementality* or lift: results that would not have come without the ad, beyond those "
        "that would have come anyway."
    ),
    "fatigue": N_(
        "*Fatigue*: the same people have seen the same ad so often that fewer of them click."
    ),
    "race": N_(
        "*Stages* follow RACE: Reach (people see you), Act (they show interest: a click or a lead)"
        ", Convert (they buy) and Engage (they come back and recommend)."
    ),
    "digest": N_(
        "*Digest*: the summary of a morning: how it goes, what moved, and what there is to do."
    ),
    "outcome": N_(
        "*Outcome*: what came of a move of money somebody acknowledged, measured against campaigns "
        "nobody touched."
    ),
    "kpi": N_(
        "*Cost per result* (the KPI here): spend divided by what the campaign is there for: "
        "showings, clicks, leads or sales."
    ),
    "target": N_(
        "*Target*: what one result may cost (or the ROAS it has to bring), as the plan says for a "
        "campaign."
    ),
    "cac": N_(
        "*CAC* is the cost of winning one new customer: ad spend over the new customers in your "
        "orders. Where no order says who is new, I show the cost per sale instead."
    ),
    "mer": N_(
        "*MER*, or blended ROAS, is the value of all orders in your books over all ad spend, "
        "whoever brought them. Platforms' own ROAS may count one sale twice; this does not."
    ),
    "lifetime": N_(
        "*Lifetime value*: what a customer is worth over all the time they buy from you. Your shop "
        "or CRM knows it, I do not."
    ),
    "benchmark": N_(
        "*Benchmark*: what a number is for others, to compare with. I know none, only your own "
        "numbers."
    ),
    "pixel": N_(
        "*Pixel* or tag: a piece of code on your site that tells the platform about visits, leads "
        "and sales; a conversions API tells it from your server."
    ),
    "tracking": N_(
        "*Tracking*: how visits, leads and sales on your site are counted and credited to ads."
    ),
    "utm": N_(
        "*UTM* tags are words in a link's address that tell your web analytics which ad a visit "
        "came from."
    ),
    "retargeting": N_(
        "*Retargeting*: ads to people who have been on your site or bought from you before."
    ),
    "prospecting": N_("*Prospecting*: ads to people who do not know you yet."),
    "lookalike": N_(
        "*Lookalike*: an audience of people who resemble your customers, put together by the "
        "platform. I have no numbers by audience."
    ),
    "quality_score": N_(
        "*Quality score*: Google's mark from 1 to 10 for a keyword, its ad and its landing page. I "
        "do not get it."
    ),
    "impression_share": N_(
        "*Impression share*: how many of the showings you could have had you got. I do not get it."
    ),
    "bounce_rate": N_(
        "*Bounce rate*: the share of visits that leave after one page. Your web analytics has it, "
        "I do not."
    ),
    "organic": N_("*Organic*: traffic and reach no ad is paid for. I only see what ads bring."),
    "creative": N_("*Creative*: what people see of an ad: its picture, video and words."),
    "audience": N_("*Audience*: the people an ad is shown to. I have no numbers by audience."),
    "keyword": N_(
        "*Keyword*: a word you pay to be shown on when people search for it. I have no numbers by "
        "keyword."
    ),
    "search_term": N_(
        "*Search term*: what somebody really typed before your ad was shown. I have no numbers of "
        "them."
    ),
    "ad_set": N_(
        "*Ad set* or ad group: ads inside a campaign that share audience and budget or keywords. I "
        "have numbers by campaign only."
    ),
    "placement": N_(
        "*Placement*: where an ad is shown, such as the feed, stories or search. I have no numbers "
        "by placement."
    ),
    "impressions_reach": N_(
        "*Reach* as a number: how many different people saw the ads. Showings count every time, so "
        "showings divided by reach is the frequency."
    ),
    "daily_budget": N_("*Daily budget*: what a campaign may spend in a day, on average."),
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
