"""`/perf campaign NAME [WINDOW]`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from bot.desk import boards, judged
from bot.desk.absent import absent, blank
from bot.desk.again import again
from bot.desk.cards import ids_of
from bot.desk.channel import WINDOW, asked_again, campaign_row
from bot.desk.figures import Figures, Row, spend
from bot.desk.grammar import Question
from bot.desk.judged import Judged
from bot.desk.names import NEAREST, exactly, find_campaign, no_numbers, quoted, title
from bot.desk.office import Office
from bot.desk.series import drawable
from bot.desk.shelf import Same
from bot.desk.showing import causes, charts, exact_figures, late
from bot.desk.types import Asker, Reply
from bot.desk.verdicts import kpi_of
from bot.desk.waiting import lacking
from bot.messages.values import CampaignAnswer, Choice, Option, Trend
from bot.numbers.chains import CHAINS


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
        return _which(office, everything, question.when, asker)
    meant = ("meant", question.words, question.when)
    found, window = office.shelf.memo(
        meant, Same(everything), partial(_found, everything, question)
    )
    figures = boards.figures(office, as_of, window, str(found["channel"]))
    told, aim = judged.judged(office, as_of), question.compare == "target"
    missing = late(office, figures, [str(found["channel"])])

    def made() -> Reply:
        row = _row(office, figures, str(found["entity"]))
        shown = _answer(office, figures, told, row, aim=aim)
        shown = shown.against_target() if aim else shown
        message = office.renderer(asker.language).render(
            "campaign", answer=replace(shown, late=missing)
        )
        return Reply(message.text, message.blocks)

    asked = f"campaign {found['entity']} {asked_again(figures, aim=aim)}"
    return again(office, asked, asker, (Same(figures), Same(told), missing), made)


def _row(office: Office, figures: Figures, entity: str) -> Row:
    found = next((each for each in figures.rows if each["entity"] == entity), None)
    if found is None:
        raise no_numbers(office, figures.as_of)
    if blank([found]):
        raise absent(office, figures, str(found["channel"]), str(found["campaign_name"]))
    return found


def _found(figures: Figures, question: Question) -> tuple[Row, str]:
    """The campaign and the window; a name that ends like a window is tried whole first."""
    window = question.span(WINDOW)
    whole = " ".join(word.removeprefix('"') for word in question.words)
    if question.window and whole != question.subject:
        named = exactly(figures, whole)
        if len(named) == 1:
            return named[0], WINDOW
    return find_campaign(figures, question.subject, question.when), window


def _answer(
    office: Office, figures: Figures, told: Judged, row: Row, *, aim: bool
) -> CampaignAnswer:
    plan = office.plan(figures.as_of)
    own = kpi_of(row, office.rulebook)
    asks = f"campaign {quoted(row)}"
    return CampaignAnswer(
        row=campaign_row(office, row, told, plan),
        channel=title(str(row["channel"])),
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
        because=str(row.get("because") or ""),
        waiting=lacking(told.held_about(ids_of([row])), ids_of([row]), office.rulebook),
    )


def _trends(office: Office, figures: Figures, row: Row, metric: str) -> tuple[Trend, ...]:
    wanted = ("spend", drawable(metric, office.rulebook))
    found = boards.trends(office, figures.as_of, str(row["channel"]))
    own = [each for each in found if each.group == row["entity"] and each.metric in wanted]
    return charts(own, figures.as_of)


def _which(office: Office, figures: Figures, window: str, asker: Asker) -> Reply:
    """`/perf campaign` alone: the biggest, as buttons."""
    rows = sorted(figures.rows, key=spend, reverse=True)
    options = tuple(
        Option(str(row["campaign_name"]), f"campaign {quoted(row)} {window}".strip())
        for row in rows[:NEAREST]
    )
    message = office.renderer(asker.language).render(
        "choose", choice=Choice("campaign", "", options)
    )
    return Reply(message.text, message.blocks)
