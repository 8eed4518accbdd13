"""`/perf why NAME [METRIC] [WINDOW]`: what a change is made of, and who made it.

A change taken apart, as plain data: every number in full, and as it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow, spend
from bot.domain.replies import Asker, Reply
from bot.errors import UnknownName
from bot.features.explain.decomposition import About, taken_apart
from bot.features.parts.advice_cards import card, known_names
from bot.features.parts.figures_shown import late
from bot.numbers.decompose.split import chain_of
from bot.numbers.input.daily import match_channel
from bot.question.grammar import Question
from bot.render.values.advice_card import Card
from bot.render.values.templates import Choice, Option, WhyAnswer, WhyCampaign, WhyPart
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.boards import again
from bot.snapshot.evaluation import ids_of, judged
from bot.snapshot.naming import (
    NEAREST,
    Unclear,
    exactly,
    find_campaign,
    no_numbers,
    quoted,
    redirected,
    title,
)

WINDOW = "7d"
CAUSES = frozenset({
    "check_tracking", "check_spend", "check_delivery", "fix_landing_page", "refresh_creative",
    "cap_frequency", "review_keywords", "review_leads", "review_audience", "hold",
})  # fmt: skip
"""Actions of advice that says what is the matter, not only what to do about it."""


def answer(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """Why a number of a channel or a campaign changed.

    Raises:
        UnknownName: No such channel, campaign or window.
        UsageError: A number that cannot be taken apart.
        NoNumbers: Nothing in these days.
    """
    if not question.subject:
        return _which(context, question, asker, as_of)
    scope = _scope(context, question, as_of)
    missing = late(context, scope.figures, [scope.about.channel])
    subject_names = scope.named

    def write_reply() -> Reply:
        renderer = context.renderer(asker.language)
        messages = [
            renderer.render("why", answer=explanation) for explanation in _all(context, scope)
        ]
        blocks = [block for message in messages for block in message.blocks]
        return Reply(" ".join(message.text for message in messages), blocks)

    question_text = f"why {scope.about.asks} {scope.metric} {scope.figures.window}"
    return again(
        context,
        question_text,
        asker,
        (Same(scope.figures), missing, subject_names and (subject_names.id, subject_names.state)),
        write_reply,
    )


def whole(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """Why a number of everything changed: no channel is asked back.

    Raises:
        UsageError: A number that cannot be taken apart.
        NoNumbers: Nothing in these days.
    """
    figures = boards.figures(context, as_of, question.span(WINDOW))
    renderer = context.renderer(asker.language)
    subject = About(renderer.speech.translated("All channels"), "", "")
    scope = _Scope(subject, question.metric, figures)
    messages = [
        renderer.render("why", answer=replace(explanation, asked="", longer=""))
        for explanation in _all(context, scope)
    ]
    blocks = [block for message in messages for block in message.blocks]
    return Reply(" ".join(message.text for message in messages), blocks)


def explained(context: Context, question: Question, as_of: date) -> tuple[WhyAnswer, ...]:
    """The change taken apart: an answer a currency, the biggest spend first. Raises as `answer`."""
    return _all(context, _scope(context, question, as_of))


@dataclass(frozen=True)
class _Scope:
    """What a question is about, and the days it is about."""

    about: About
    metric: str
    figures: Figures
    named: Card | None = None


def _scope(context: Context, question: Question, as_of: date) -> _Scope:
    if question.metric:
        chain_of(question.metric)
    figures = boards.figures(context, as_of, "28d")
    if not figures.rows:
        raise no_numbers(context, as_of)
    subject, metric, window = _about(figures, question)
    named_advice = _named(context, subject.row, as_of) if subject.row else None
    return _Scope(
        subject, metric, boards.figures(context, as_of, window, subject.channel), named_advice
    )


def _named(context: Context, row: CampaignRow, as_of: date) -> Card | None:
    """What open advice says is the matter with a campaign, the most pressing first."""
    for record in judged(context, as_of).about(ids_of([row])):
        if record.advice.action in CAUSES and record.state in {"open", "in_progress"}:
            return card(context, record, known_names(context, record), context.zone())
    return None


def _all(context: Context, scope: _Scope) -> tuple[WhyAnswer, ...]:
    """An answer a currency."""
    figures, subject = scope.figures, scope.about
    rows = subject.rows(figures)
    if not rows:
        raise no_numbers(context, figures.as_of, subject.channel)
    money: dict[str | None, list[CampaignRow]] = {}
    for row in sorted(rows, key=spend, reverse=True):
        money.setdefault(row.currency, []).append(row)
    return tuple(
        replace(
            taken_apart(context, figures, subject, scope.metric, currency_rows), named=scope.named
        )
        for currency_rows in money.values()
    )


def _about(figures: Figures, question: Question) -> tuple[About, str, str]:
    """What is meant, with metric and window; a name that ends like those is tried whole first."""
    window = question.span(WINDOW)
    whole_name = " ".join(word.removeprefix('"') for word in question.words)
    if whole_name != question.subject:
        campaigns = exactly(figures, whole_name)
        if len(campaigns) == 1:
            return _campaign(campaigns[0]), "", WINDOW
    return find(figures, question), question.metric, window


def find(figures: Figures, question: Question) -> About:
    """The channel or campaign meant; near misses and doubts keep the question."""
    name, words = question.subject, f"{question.metric} {question.when}".strip()
    try:
        channel = match_channel(name, figures.channels)
        return About(title(channel), channel, channel)
    except UnknownName as missed:
        near = missed.nearest
    try:
        return _campaign(find_campaign(figures, name, words))
    except Unclear as unclear:
        raise Unclear(redirected(unclear.choice, question.command)) from None
    except UnknownName as error:
        if not near or question.command != "why":
            raise
        options = tuple(
            Option(title(nearest_name), f"why {nearest_name} {words}".strip())
            for nearest_name in near
        )
        raise Unclear(Choice("channel", error.given, options)) from None


def _campaign(row: CampaignRow) -> About:
    return About(row.label, quoted(row), row.channel, row)


def _which(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """`/perf why` of nobody: the channels there are, as buttons."""
    channels = boards.figures(context, as_of, "28d").channels
    if not channels:
        raise no_numbers(context, as_of)
    words = f"{question.metric} {question.when}".strip()
    options = tuple(
        Option(title(channel), f"why {channel} {words}".strip()) for channel in channels[:NEAREST]
    )
    message = context.renderer(asker.language).render(
        "choose", choice=Choice("channel", "", options)
    )
    return Reply(message.text, message.blocks)


def to_json(explanation: WhyAnswer, as_of: date) -> dict[str, Any]:
    """Every number in full, and as shown; `was + sum of parts = now`."""
    return {
        "as_of": as_of.isoformat(),
        "name": explanation.name,
        "metric": explanation.metric,
        "currency": explanation.currency,
        "window": explanation.window,
        "now": _period(explanation.now, explanation.now_days, explanation.shown_now),
        "before": _period(explanation.was, explanation.before_days, explanation.shown_was),
        "settles": explanation.settles,
        "change": explanation.change,
        "change_shown": None if explanation.change is None else str(explanation.shown_change),
        "parts": [
            {"what": part.what, "before": part.was, "now": part.now, **_part(part)}
            for part in explanation.parts
        ],
        "campaigns": [
            {
                "campaign_id": campaign.id,
                "campaign_name": campaign.name,
                **_part(campaign),
                "not_split": str(campaign.gap) if campaign.gap else None,
            }
            for campaign in explanation.campaigns
        ],
        "left_out": list(explanation.left_out),
        "missing": str(explanation.lack) if explanation.lack else None,
    }


def _period(value: float | None, days: tuple[date, date], rounded_value: Decimal) -> dict[str, Any]:
    text = None if value is None else str(rounded_value)
    since, until = (day.isoformat() for day in days)
    return {"since": since, "until": until, "value": value, "shown": text}


def _part(part: WhyPart | WhyCampaign) -> dict[str, Any]:
    return {"part": part.amount, "shown": str(part.shown)}
