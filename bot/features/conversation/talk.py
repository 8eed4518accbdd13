"""Small talk, what there are no numbers of, and words explained."""

from __future__ import annotations

import re
from datetime import date

from bot.context.context import Office
from bot.domain.replies import Asker, Reply
from bot.features.measures.amounts import line_of, scene
from bot.question.metric_words import metrics_in
from bot.question.slots import Slots
from bot.render.values.conversation import Definition, NotKnown, Talk
from bot.render.values.measures import Measure
from bot.snapshot import boards
from bot.snapshot.naming import title

TERMS = (
    ("settling", r"settle[sd]?|settling|late (?:sales|results)|sene (?:salg|resultater)"),
    ("room", r"room (?:to grow|for more)|rom for|vekstrom"),
    ("documented", r"documented (?:sales|conversions)|dokumenterte? salg"),
    ("pacing", r"pacing|pace\b|tempo\b|i takt"),
    ("snooze", r"snooze|utsett\w*|slumre"),
    ("stake", r"at stake|på spill"),
    ("sure", r"\bsure\b|\bsikker\b|certain|confidence|konfidens|interval"),
    ("above_target", r"(?:above|over|under|on) (?:target|mål)|too dear|over målet"),
    ("learning", r"learning phase|læringsfase\w*"),
    ("profit", r"\bprofit\b|fortjeneste\w*|overskudd"),
    ("shift", r"\bshift\b|flytting"),
    ("test", r"\btests?\b|holdout|experiment|eksperiment"),
    ("attribution", r"attribu\w+|increment\w+|inkrement\w+"),
    ("guard", r"\bguards?\b|vakt\w*"),
    ("pricing_model", r"pricing model|prismodell\w*|billing model"),
)
STAGES = ("act", "convert", "engage", "reach")


def talk(office: Office, slots: Slots, asker: Asker, _as_of: date) -> Reply:
    """A friendly line."""
    message = office.renderer(asker.language).render("talk", talk=Talk(slots.intent))
    return Reply(message.text, message.blocks)


def not_known(office: Office, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """What there are no numbers of, and how to get them."""
    figures = boards.figures(office, as_of, "28d")
    campaign = next((mention.title for mention in slots.things if mention.kind == "campaign"), "")
    own_figures = _own(office, slots, asker, as_of) if slots.detail == "benchmark" else ()
    channel = next((mention.title for mention in slots.things if mention.kind == "channel"), "")
    gap = NotKnown(
        slots.detail,
        channel if slots.detail == "channel" else campaign,
        own_figures,
        tuple(map(title, figures.channels)),
    )
    message = office.renderer(asker.language).render("not_known", found=gap)
    return Reply(message.text, message.blocks)


def _own(office: Office, slots: Slots, asker: Asker, as_of: date) -> tuple[Measure, ...]:
    """The asker's own metric by channel: what can be said where there is no benchmark."""
    if slots.metric not in office.rulebook.metrics:
        return ()
    at = scene(office, Slots(), asker, as_of)
    lines = [
        line_of(at, title(channel), at.figures.of_channel(channel), slots.metric)
        for channel in at.figures.channels
    ]
    return tuple(line for line in lines if line.value is not None)


def definition(office: Office, slots: Slots, asker: Asker, _as_of: date) -> Reply:
    """A word explained, or two beside each other."""
    terms = tuple(name for name, pattern in TERMS if re.search(pattern, slots.text))
    stages = tuple(mention.key for mention in slots.things if mention.kind == "stage")
    stages = stages or tuple(
        stage for stage in STAGES if re.search(rf"(?:stage|steg\w*|fase) {stage}\b", slots.text)
    )
    metrics_by_name = office.rulebook.metrics
    metrics = tuple(
        name for name in metrics_in(slots.text) if name in metrics_by_name and name != "spend"
    )
    if any(name in terms for name in ("documented", "above_target", "stake", "sure", "settling")):
        metrics = ()
    explanation = Definition(metrics[:3], (*terms[:2], *stages))
    message = office.renderer(asker.language).render("defined", found=explanation)
    return Reply(message.text, message.blocks)
