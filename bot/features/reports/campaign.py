"""`/perf campaign NAME [WINDOW]`.

`/perf stage NAME` and `/perf pricing MODEL`: campaigns of one stage or one pricing model.
"""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import date
from functools import partial

from bot.context.cache import Same
from bot.context.context import Office
from bot.domain.board import CampaignRow, spend
from bot.domain.replies import Asker, Reply
from bot.errors import UnknownName
from bot.features.parts.cards import ids_of
from bot.features.parts.figures_shown import absent, blank, causes, charts, exact_figures, late
from bot.features.reports.channel import WINDOW, Group, asked_again, campaign_row, of_group
from bot.numbers.decompose.chains import CHAINS
from bot.question.grammar import Question
from bot.question.vocabulary import STAGE_OF
from bot.render.values.templates import CampaignAnswer, Choice, Option, Trend
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.board_rows import Figures
from bot.snapshot.boards import again
from bot.snapshot.evaluation import Judged
from bot.snapshot.naming import NEAREST, exactly, find_campaign, no_numbers, quoted, title
from bot.snapshot.trends import drawable
from bot.snapshot.verdicts import kpi_of, lacking


def answer(office: Office, question: Question, asker: Asker, as_of: date) -> Reply:
    """How one campaign goes: its numbers against target, its days, what is advised.

    Raises:
        UnknownName: No such campaign or window; the nearest are named.
        NoNumbers: Nothing in these days.
    """
    everything = boards.figures(office, as_of, "28d")
    if not everything.rows:
        raise no_numbers(office, as_of)
    if not question.subject:
        return _which_campaign(office, everything, question.when, asker)
    found, window = office.shelf.memo(  # the whole question: a sentence has a name and no words
        ("meant", question), Same(everything), partial(_found, everything, question)
    )
    figures = boards.figures(office, as_of, window, found.channel)
    told, aim = judged.judged(office, as_of), question.compare == "target"
    missing = late(office, figures, [found.channel])

    def made() -> Reply:
        row = _row(office, figures, found.entity)
        shown = _answer(office, figures, told, row, aim=aim)
        shown = shown.against_target() if aim else shown
        message = office.renderer(asker.language).render(
            "campaign", answer=replace(shown, late=missing)
        )
        return Reply(message.text, message.blocks)

    asked = f"campaign {found.entity} {asked_again(figures, aim=aim)}"
    return again(office, asked, asker, (Same(figures), Same(told), missing), made)


def _row(office: Office, figures: Figures, entity: str) -> CampaignRow:
    found = next((each for each in figures.rows if each.entity == entity), None)
    if found is None:
        raise no_numbers(office, figures.as_of)
    if blank([found]):
        raise absent(office, figures, found.channel, found.campaign_name)
    return found


def _found(figures: Figures, question: Question) -> tuple[CampaignRow, str]:
    """The campaign and the window; a name that ends like a window is tried whole first."""
    window = question.span(WINDOW)
    whole = " ".join(word.removeprefix('"') for word in question.words)
    if question.window and whole != question.subject:
        named = exactly(figures, whole)
        if len(named) == 1:
            return named[0], WINDOW
    return find_campaign(figures, question.subject, question.when), window


def _answer(
    office: Office, figures: Figures, told: Judged, row: CampaignRow, *, aim: bool
) -> CampaignAnswer:
    plan = office.plan(figures.as_of)
    own = kpi_of(row, office.rulebook)
    asks = f"campaign {quoted(row)}"
    return CampaignAnswer(
        row=campaign_row(office, row, told, plan),
        channel=title(row.channel),
        asked=f"{asks} {asked_again(figures, aim=aim)}",
        window=figures.window,
        before_days=figures.compared,
        since=figures.now.since,
        until=figures.now.until,
        figures=exact_figures(row, own, office.rulebook.metrics),
        trends=_trends(office, figures, row, own.metric),
        why=causes([row], own, office.rulebook),
        open_advice=tuple(each.advice.title for each in told.about(ids_of([row]))),
        reasons=f"why {quoted(row)} {own.metric} {figures.window}" if own.metric in CHAINS else "",
        longer=f"{asks} 28d" if figures.window != "28d" else "",
        because=row.because,
        waiting=lacking(told.held_about(ids_of([row])), ids_of([row]), office.rulebook),
    )


def _trends(office: Office, figures: Figures, row: CampaignRow, metric: str) -> tuple[Trend, ...]:
    wanted = ("spend", drawable(metric, office.rulebook))
    found = boards.trends(office, figures.as_of, row.channel)
    own = [each for each in found if each.group == row.entity and each.metric in wanted]
    return charts(own, figures.as_of)


def _which_campaign(office: Office, figures: Figures, window: str, asker: Asker) -> Reply:
    """`/perf campaign` alone: the biggest, as buttons."""
    rows = sorted(figures.rows, key=spend, reverse=True)
    options = tuple(
        Option(row.campaign_name, f"campaign {quoted(row)} {window}".strip())
        for row in rows[:NEAREST]
    )
    message = office.renderer(asker.language).render(
        "choose", choice=Choice("campaign", "", options)
    )
    return Reply(message.text, message.blocks)


def stage(office: Office, question: Question, asker: Asker, as_of: date) -> Reply:
    """How the campaigns of a RACE stage go.

    Raises:
        UnknownName: No such stage or window.
        NoNumbers: Nothing in these days.
    """
    figures = boards.figures(office, as_of, question.span(WINDOW))
    known = _there(figures, "stage")
    if not question.subject:
        return _which_group(office, "stage", known, question, asker, as_of)
    key = _meant("stage", question.subject, {**STAGE_OF, **{name: name for name in known}})
    title = str(office.renderer(asker.language).phrases.word("STAGES", key))
    return of_group(
        office, figures, Group("stage", key, title, f"stage {key}"), asker, aim=_aim(question)
    )


def pricing(office: Office, question: Question, asker: Asker, as_of: date) -> Reply:
    """How the campaigns of a pricing model go. Raises as `stage`."""
    figures = boards.figures(office, as_of, question.span(WINDOW))
    known = _there(figures, "pricing_model")
    if not question.subject:
        return _which_group(office, "pricing", known, question, asker, as_of)
    key = _meant("pricing", question.subject, {name.casefold(): name for name in (*MODELS, *known)})
    group = Group("pricing_model", key, key, f"pricing {key}")
    return of_group(office, figures, group, asker, aim=_aim(question))


MODELS = ("CPM", "CPC", "CPL", "CPA")


def _aim(question: Question) -> bool:
    return question.compare == "target"


def _there(figures: Figures, by: str) -> list[str]:
    """The groups there are, the biggest spend first."""
    rows = sorted(figures.groups(by), key=lambda row: -(row.now("spend") or 0.0))
    return list(dict.fromkeys(str(row.group) for row in rows if row.group))


def _meant(kind: str, given: str, known: dict[str, str]) -> str:
    said = given.strip().casefold()
    if said in known:
        return known[said]
    near = difflib.get_close_matches(said, list(known), n=3, cutoff=0.5)
    raise UnknownName(kind, given, tuple(dict.fromkeys(known[name] for name in near)))


def _which_group(  # noqa: PLR0913, PLR0917  what a choice is made of
    office: Office, kind: str, known: list[str], question: Question, asker: Asker, as_of: date
) -> Reply:
    if not known:
        raise no_numbers(office, as_of)
    renderer = office.renderer(asker.language)
    options = tuple(
        Option(_label(renderer.phrases.word("STAGES", each), each, kind),
               f"{kind} {each} {question.when}".strip())
        for each in known
    )  # fmt: skip
    message = renderer.render("choose", choice=Choice(kind, "", options))
    return Reply(message.text, message.blocks)


def _label(word: str, name: str, kind: str) -> str:
    return str(word) if kind == "stage" else name
