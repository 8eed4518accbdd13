"""`/perf campaign NAME [WINDOW]`.

`/perf stage NAME` and `/perf pricing MODEL`: campaigns of one stage or one pricing model.
"""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import date
from functools import partial

from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow, spend
from bot.domain.replies import Asker, Reply
from bot.errors import UnknownName
from bot.features.parts.figures_shown import (
    absent,
    blank,
    causes,
    charts,
    exact_figures,
    holes_of,
    late,
    own_holes,
)
from bot.features.reports.channel import (
    WINDOW,
    Group,
    asked_again,
    campaign_row,
    of_group,
    settling_row,
)
from bot.numbers.decompose.chains import CHAINS
from bot.question.grammar import Question
from bot.question.vocabulary import STAGE_OF
from bot.render.values.templates import CampaignAnswer, Choice, Option, Trend
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.board_rows import Figures
from bot.snapshot.boards import again
from bot.snapshot.evaluation import JudgedMorning, ids_of
from bot.snapshot.naming import NEAREST, exactly, find_campaign, no_numbers, quoted, title
from bot.snapshot.settling_results import LateResults
from bot.snapshot.trends import drawable
from bot.snapshot.verdicts import lacking


def answer(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """How one campaign goes: its numbers against target, its days, what is advised.

    Raises:
        UnknownName: No such campaign or window; the nearest are named.
        NoNumbers: Nothing in these days.
    """
    everything = boards.figures(context, as_of, "28d")
    if not everything.rows:
        raise no_numbers(context, as_of)
    if not question.subject:
        return _which_campaign(context, everything, question.when, asker)
    campaign, window = context.shelf.memo(  # the whole question: a sentence has a name and no words
        ("meant", question), Same(everything), partial(_found, everything, question)
    )
    figures = boards.figures(context, as_of, window, campaign.channel)
    judgement, aim = judged.judged(context, as_of), question.compare == "target"
    missing = late(context, figures, [campaign.channel])

    def build_reply() -> Reply:
        row = _row(context, figures, campaign.entity)
        gaps = holes_of(figures, [row.channel]) + own_holes(context, figures, row)
        campaign_answer = _answer(context, figures, judgement, row, aim=aim)
        campaign_answer = campaign_answer.against_target() if aim else campaign_answer
        message = context.renderer(asker.language).render(
            "campaign", answer=replace(campaign_answer, late=missing, holes=gaps)
        )
        return Reply(message.text, message.blocks)

    question_text = f"campaign {campaign.entity} {asked_again(figures, aim=aim)}"
    return again(
        context, question_text, asker, (Same(figures), Same(judgement), missing), build_reply
    )


def _row(context: Context, figures: Figures, entity: str) -> CampaignRow:
    campaign = next((row for row in figures.rows if row.entity == entity), None)
    if campaign is None:
        raise no_numbers(context, figures.as_of)
    if blank([campaign]):
        raise absent(context, figures, campaign.channel, campaign.label)
    return campaign


def _found(figures: Figures, question: Question) -> tuple[CampaignRow, str]:
    """The campaign and the window; a name that ends like a window is tried whole first."""
    window = question.span(WINDOW)
    whole_name = " ".join(word.removeprefix('"') for word in question.words)
    if question.window and whole_name != question.subject:
        named = exactly(figures, whole_name)
        if len(named) == 1:
            return named[0], WINDOW
    return find_campaign(figures, question.subject, question.when), window


def _answer(
    context: Context, figures: Figures, judgement: JudgedMorning, row: CampaignRow, *, aim: bool
) -> CampaignAnswer:
    plan = context.plan(figures.as_of)
    late = LateResults.of(context, figures.as_of)
    line = campaign_row(context, row, judgement, plan)
    line = settling_row(context, line, row, figures.now, late)
    kpi = line.kpi
    asks = f"campaign {quoted(row)}"
    return CampaignAnswer(
        row=line,
        channel=title(row.channel),
        asked=f"{asks} {asked_again(figures, aim=aim)}",
        window=figures.window,
        before_days=figures.compared,
        since=figures.now.since,
        until=figures.now.until,
        figures=exact_figures(row, kpi, context.rulebook.metrics),
        trends=_trends(context, figures, row, kpi.metric),
        why=causes([row], kpi, context.rulebook),
        open_advice=tuple(record.advice.title for record in judgement.about(ids_of([row]))),
        reasons=f"why {quoted(row)} {kpi.metric} {figures.window}" if kpi.metric in CHAINS else "",
        longer=f"{asks} 28d" if figures.window != "28d" else "",
        because=row.because,
        bid_target=row.target_from == "platform",
        waiting=lacking(judgement.held_about(ids_of([row])), ids_of([row]), context.rulebook),
    )


def _trends(context: Context, figures: Figures, row: CampaignRow, metric: str) -> tuple[Trend, ...]:
    metrics = ("spend", drawable(metric, context.rulebook))
    channel_series = boards.trends(context, figures.as_of, row.channel)
    campaign_series = [
        series
        for series in channel_series
        if series.group == row.entity and series.metric in metrics
    ]
    return charts(campaign_series, figures.as_of)


def _which_campaign(context: Context, figures: Figures, window: str, asker: Asker) -> Reply:
    """`/perf campaign` alone: the biggest, as buttons."""
    rows = sorted(figures.rows, key=spend, reverse=True)
    options = tuple(
        Option(row.label, f"campaign {quoted(row)} {window}".strip()) for row in rows[:NEAREST]
    )
    message = context.renderer(asker.language).render(
        "choose", choice=Choice("campaign", "", options)
    )
    return Reply(message.text, message.blocks)


def stage(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """How the campaigns of a RACE stage go.

    Raises:
        UnknownName: No such stage or window.
        NoNumbers: Nothing in these days.
    """
    figures = boards.figures(context, as_of, question.span(WINDOW))
    stages = _there(figures, "stage")
    if not question.subject:
        return _which_group(context, figures, "stage", question, asker)
    key = _meant("stage", question.subject, {**STAGE_OF, **{name: name for name in stages}})
    title = str(context.renderer(asker.language).phrases.word("STAGES", key))
    return of_group(
        context, figures, Group("stage", key, title, f"stage {key}"), asker, aim=_aim(question)
    )


def pricing(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """How the campaigns of a pricing model go. Raises as `stage`."""
    figures = boards.figures(context, as_of, question.span(WINDOW))
    models = _there(figures, "pricing_model")
    if not question.subject:
        return _which_group(context, figures, "pricing_model", question, asker)
    key = _meant(
        "pricing", question.subject, {name.casefold(): name for name in (*MODELS, *models)}
    )
    group = Group("pricing_model", key, key, f"pricing {key}")
    return of_group(context, figures, group, asker, aim=_aim(question))


MODELS = ("CPM", "CPC", "CPL", "CPA")
KINDS = {"stage": "stage", "pricing_model": "pricing"}  # as a question calls them


def _aim(question: Question) -> bool:
    return question.compare == "target"


def _there(figures: Figures, by: str) -> list[str]:
    """The groups there are, the biggest spend first."""
    rows = sorted(figures.groups(by), key=lambda row: -(row.now("spend") or 0.0))
    return list(dict.fromkeys(str(row.group) for row in rows if row.group))


def _meant(kind: str, subject: str, keys_by_name: dict[str, str]) -> str:
    folded_name = subject.strip().casefold()
    if folded_name in keys_by_name:
        return keys_by_name[folded_name]
    near = difflib.get_close_matches(folded_name, list(keys_by_name), n=3, cutoff=0.5)
    raise UnknownName(kind, subject, tuple(dict.fromkeys(keys_by_name[name] for name in near)))


def _which_group(
    context: Context, figures: Figures, by: str, question: Question, asker: Asker
) -> Reply:
    groups, kind = _there(figures, by), KINDS[by]
    if not groups:
        raise no_numbers(context, figures.as_of)
    renderer = context.renderer(asker.language)
    options = tuple(
        Option(_label(renderer.phrases.word("STAGES", group), group, kind),
               f"{kind} {group} {question.when}".strip())
        for group in groups
    )  # fmt: skip
    message = renderer.render("choose", choice=Choice(kind, "", options))
    return Reply(message.text, message.blocks)


def _label(word: str, name: str, kind: str) -> str:
    return str(word) if kind == "stage" else name
