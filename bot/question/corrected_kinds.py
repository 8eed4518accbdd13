"""The kind of question put right by its numbers: `cpc by channel` asks which of them. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.question.metric_words import PRICE_OF
from bot.question.number_forms import EACH_PERIOD, RATIOS
from bot.question.slots import Slots

_GROUPED = re.compile(
    r"\b(?:by|per|pr\.?|each|every|across|for hver|hver|fordelt på|split (?:by|on)|på tvers av|"
    r"between|among|mellom|blant) (?:of |av )?(?:the |our |all |hver |alle )?(?:¤ )?"
    r"(?:channels?|platforms?|(?:funnel[ -])?stages?|funnel|kanal\w*|plattform\w*|"
    r"steg\w*|trinn|fase\w*|trakt\w*|campaigns?|kampanje\w*|weekdays?|ukedag\w*|day of the week)\b"
)
# `more on weekends than on weekdays`, `er mandager bedre enn fredager`: every weekday's own.
_PLURAL_DAY = (
    r"(?:weekends?|weekdays|helg\w*|hverdag\w*|(?:mon|tues|wednes|thurs|fri|satur|sun)days|"
    r"(?:man|tirs|ons|tors|fre|lør|søn)dager)"
)
_WEEKDAYS_BESIDE = re.compile(
    rf"\b{_PLURAL_DAY} (?:than|enn|vs\.?|versus|against|mot|compared (?:to|with)|or|eller) "
    rf"(?:on |in |på |i )?(?:the )?{_PLURAL_DAY}\b"
)
RANKED_DAYS = {"day", "weekday", "week", "month"}
# `what did we spend and what did we get for it`
_GOT = re.compile(
    r"\b(?:what|hva)(?: did| do| have| has)? (?:we|it|they|that|vi|det|de)? ?"
    r"(?:got|get|gotten|fikk|får|har|ga|gav|give|gave|bring|brought)(?: vi| det| we)?"
    r"(?: us| oss| tilbake| igjen| back| out| ut)*(?: of| av)?"
    r"(?: for (?:it|that|the money|det|pengene|dem))?\W*$"
)
# `which days do we sell most`: days of the week, where no days of a calendar are named.
_ANY_DAYS = re.compile(
    r"\b(?:which|what|hvilke) (?:days|dager) (?:do|does|are|is|er|selger|går|får|gir|har|vi)\b"
)
# `when do we sell most`: on which day of the week; `do we sell less on weekends`.
_WHEN = re.compile(
    r"^\W*(?:when|når|(?:at )?what (?:time|part|day) of (?:the )?week|"
    r"hvilken tid (?:av|i|på) uk\w+)\b"
)
_THEN = re.compile(r"\b(?:was|were|did|had|var|fikk|hadde|solgte|gikk)\b")
_LESS_ON = re.compile(
    r"\b(?:less|more|fewer|lower|higher|drops?|falls?|dips?|worse|better|mindre|mer|færre|flere|"
    r"lavere|høyere|faller|dårligere|bedre)\b.*\b(?:weekends?|helg(?:en|a|ene|er)?|weekdays|"
    rf"hverdag(?:er|ene)?|{_PLURAL_DAY})\b"
)
# What somebody did, whose outcome can be asked about; days and seasons are nobody's deed.
_DEED = re.compile(
    r"\b(?:tests?|shift\w*|mov(?:e|es|ed|ing)|chang\w*|advice|recommend\w*|råd\w*|flytt\w*|endr\w*|"
    r"test\w*|budget\w*|budsjett\w*|fix\w*|fiks\w*|paus\w*|cut\w*|kutt\w*|rais\w*|øk\w*|senk\w*|"
    r"lower\w*|reduc\w*|did we do|we did|you sa\w+|you told|vi gjorde|du sa|acknowledg\w*|godkj\w*|"
    r"tiltak\w*|actions?|experiment\w*|forsøk\w*|it|that|this|those|they|det|den|dette|de)\b"
)
_WORTH = re.compile(r"\b(?:worth (?:it|the money)|verdt (?:det|pengene)|for us|for oss)\b")
_OF_NUMBERS = {"", "how_much", "why", "compare", "unknown", "news", "when"}
_TOLD_IN_TURN = {"", "which", "compare", "define", "how_much"}


def _in_turn(slots: Slots) -> Slots | None:
    """A number that is asked for one time after the other: `cost per lead by week`."""
    kind = slots.intent in _TOLD_IN_TURN or bool(slots.options)
    ranked = bool(slots.order) or slots.bound is not None
    if not (kind and slots.form in EACH_PERIOD and slots.metric) or ranked:
        return None
    return replace(slots, intent="how_much", detail="", by="", options=(), otherwise=())


def _of_weekdays(slots: Slots) -> Slots | None:
    """A number by the day of the week, or by day where it is over, without saying so."""
    if not slots.metric or slots.by or slots.form:
        return None
    asked_when = slots.intent in {"which", "when"} and slots.order and _WHEN.search(slots.text)
    if asked_when and _THEN.search(slots.text):
        return replace(slots, intent="which", detail="", by="day", options=(), otherwise=())
    if asked_when or (slots.intent in _OF_NUMBERS and _LESS_ON.search(slots.text)):
        return replace(
            slots, intent="which", detail="", by="weekday", options=(), otherwise=(), unread=""
        )
    return None


def _of_days(slots: Slots) -> Slots | None:
    """Whether days paid off: `did black friday pay off` asks how they went."""
    if slots.intent not in {"outcome", "advice"} or not slots.window or slots.things:
        return None
    if slots.detail not in {"", "one"} or _DEED.search(_WORTH.sub("", slots.text)):
        return None
    if slots.intent == "advice" and not _WORTH.search(slots.text):
        return None
    return replace(slots, intent="news", detail="", options=(), otherwise=())


def _misread(slots: Slots) -> Slots | None:
    """What another kind's words stand in for; None where the kind is what it seems."""
    intent, text = slots.intent, slots.text
    ranks = slots.order in {"best", "worst"} and not (slots.metric or slots.things)
    of_weekdays = slots.by == "weekday" and bool(slots.metric) and slots.detail == "hour"
    if (intent == "how_much" and ranks) or (intent == "unknown" and of_weekdays):
        return replace(slots, intent="which", detail="")  # `hva er mest lønnsomt`
    if intent == "stake" and slots.metric in PRICE_OF.values():
        return replace(slots, intent="how_much", detail="")  # `how much is a lead costing us`
    if intent == "how_much" and slots.metric == "spend" and not slots.also and _GOT.search(text):
        return replace(slots, intent="news", detail="", metric="")  # what was spent, and what came
    if intent == "which" and _ANY_DAYS.search(text) and not slots.window and slots.metric:
        return replace(slots, by="weekday")
    if _WEEKDAYS_BESIDE.search(text) and intent in {"how_much", "compare"} and slots.metric:
        return replace(slots, intent="which", by="weekday", window="", against="", form="")
    return None


def corrected(slots: Slots) -> Slots:
    """What follows where no pattern says what is asked: a number, or how somebody does."""
    if misread := _in_turn(slots) or _of_weekdays(slots) or _of_days(slots) or _misread(slots):
        return misread
    intent, text = slots.intent, slots.text
    if (
        intent == "which"
        and slots.bound is None
        and slots.form in {*EACH_PERIOD, "share"}
        and not slots.order
    ):
        intent = "how_much"
    if intent == "how_much" and slots.order and slots.by in RANKED_DAYS and slots.metric:
        intent = "which"  # `our best day, and how much did we make`: that day, with its number
    if intent in {"what_if", "define"} and slots.excluded and (slots.metric,) in RATIOS:
        intent = "how_much"  # `cpa if we leave out brand` supposes no other budget
    grouped = _GROUPED.search(text)
    one_group = all(thing.kind in {"channel", "stage"} for thing in slots.things[:2])
    one_group = one_group or slots.by in RANKED_DAYS
    if (
        intent == "how_much"
        and slots.metric
        and grouped
        and one_group
        and slots.form in {"", "share"}
    ):
        intent = "which"  # `cpc by channel`, `spend by campaign for meta`: each of them
    if intent == "compare" and len(slots.things) < 2 and not slots.against and not slots.window:
        intent = "how_much" if slots.metric else "news"
    if intent in {"", "off_subject"} and (slots.metric or slots.things):
        intent = "how_much" if slots.metric else "news"
    if not intent and re.search(
        r"\bhow(?:'s|s| are| is| did| was| have)\b|hvordan|status|hvorledes", text
    ):
        intent = "news"
    if not intent and not slots.metric and slots.window and len(text) <= 2:
        intent = "news"
    return replace(slots, intent=intent)
