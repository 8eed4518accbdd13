"""Small talk, what there are no numbers of, and words explained."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.features.measures.how_much import line_of, scene
from bot.question.metric_words import metrics_in
from bot.question.slots import Slots
from bot.question.terms import terms_in, word_asked
from bot.render.values.conversation import Definition, NotKnown, Talk
from bot.render.values.measures import Measure
from bot.snapshot import boards
from bot.snapshot.naming import title

STAGES = ("act", "convert", "engage", "reach")
MOST = 3  # words explained in one answer
WHOLE = {  # words of ours that hold a number's word: `documented sales`, `cost per result`
    "documented", "above_target", "on_target", "stake", "sure", "settling", "waiting", "kpi",
    "verdicts", "tracking", "impression_share", "bounce_rate", "fatigue", "outcome", "cac",
}  # fmt: skip
_STANDS = re.compile(r"\b(?:stands?|short|abbreviation|står|sto|stod|forkort\w*|bokstav\w*)\b")
LONG = {  # what the short names of numbers stand for: names of the trade, in English everywhere
    "ctr": "click-through rate", "cpm": "cost per mille", "cpc": "cost per click",
    "cpl": "cost per lead", "cpa": "cost per acquisition", "roas": "return on ad spend",
    "order_value": "average order value",
}  # fmt: skip
LOOSE = {"target", "race", "digest", "creative", "keyword", "test", "acknowledge", "audience"}


def talk(context: Context, slots: Slots, asker: Asker, _as_of: date) -> Reply:
    """A friendly line."""
    message = context.renderer(asker.language).render("talk", talk=Talk(slots.intent))
    return Reply(message.text, message.blocks)


def not_known(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """What there are no numbers of, and how to get them."""
    figures = boards.figures(context, as_of, "28d")
    own_figures = _own(context, slots, asker, as_of) if slots.detail == "benchmark" else ()
    gap = NotKnown(
        slots.detail,
        _name(slots),
        own_figures,
        tuple(map(title, figures.channels)),
    )
    message = context.renderer(asker.language).render("not_known", found=gap)
    return Reply(message.text, message.blocks)


def _name(slots: Slots) -> str:
    """What is asked about: a channel nobody has numbers of, a campaign, or words nobody knows."""
    if slots.detail == "other":
        return slots.unread
    kinds = {"channel": ("channel",), "rivals": ("campaign",)}.get(
        slots.detail, ("campaign", "channel")
    )
    names = (each.title for kind in kinds for each in slots.things if each.kind == kind)
    return next(names, "")


def _own(context: Context, slots: Slots, asker: Asker, as_of: date) -> tuple[Measure, ...]:
    """The asker's own metric by channel: what can be said where there is no benchmark."""
    if slots.metric not in context.rulebook.metrics:
        return ()
    at = scene(context, Slots(), asker, as_of)
    lines = [
        line_of(at, title(channel), at.figures.of_channel(channel), slots.metric)
        for channel in at.figures.channels
    ]
    return tuple(line for line in lines if line.value is not None)


def definition(context: Context, slots: Slots, asker: Asker, _as_of: date) -> Reply:
    """A word explained, or two beside each other."""
    terms = tuple(name for name in terms_in(slots.text) if name not in STAGES)
    metrics = _metrics(context, slots.text, terms)
    stages = _stages(slots, terms)
    stages = tuple(dict.fromkeys((*stages, *_bare_stages(slots, terms, metrics))))
    if metrics and set(terms) <= LOOSE:
        terms = ()
    unknown = "" if metrics or terms or stages else word_asked(slots.text)
    long = LONG.get(metrics[0], "") if metrics and _STANDS.search(slots.text) else ""
    explanation = Definition(metrics[:MOST], (*terms[:MOST], *stages), unknown, long)
    message = context.renderer(asker.language).render("defined", found=explanation)
    return Reply(message.text, message.blocks)


def _stages(slots: Slots, terms: Sequence[str]) -> tuple[str, ...]:
    """The stages it names, by a name or as `stage act`; none where all of them are asked about."""
    named = tuple(each.key for each in slots.things if each.kind == "stage")
    said = tuple(
        stage
        for stage in STAGES
        if re.search(rf"(?:stage|steg\w*|fase) {stage}\b|\b{stage} (?:stage|steg)", slots.text)
    )
    return tuple(dict.fromkeys((*named, *said))) if "verdicts" not in terms else ()


def _bare_stages(slots: Slots, terms: Sequence[str], metrics: Sequence[str]) -> tuple[str, ...]:
    """`act and convert`: stages by their names alone, where nothing else is asked about."""
    if terms or metrics:
        return ()
    return tuple(stage for stage in STAGES if re.search(rf"\b{stage}\b", slots.text))


def _metrics(context: Context, text: str, terms: Sequence[str]) -> tuple[str, ...]:
    """The numbers it names, without those that only stand in a word of ours."""
    if WHOLE.intersection(terms):
        return ()
    known = [name for name in metrics_in(text) if name in context.rulebook.metrics]
    names = [name for name in known if name != "spend"] or known
    return tuple(name for name in names if f"impressions_{name}" not in terms)
