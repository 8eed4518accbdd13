"""`/perf channel NAME [WINDOW]`."""

from __future__ import annotations

from datetime import date

from bot.desk import boards, judged
from bot.desk.cards import ids_of
from bot.desk.figures import Figures, Row, spend
from bot.desk.judged import Judged
from bot.desk.names import find_channel, no_numbers, title
from bot.desk.office import Office
from bot.desk.series import drawable
from bot.desk.showing import causes, charts, exact_figures, late
from bot.desk.types import Asker, Reply
from bot.desk.verdicts import blended_target, head_metric, kpi, kpi_of, verdict
from bot.messages import Message
from bot.messages.values import CampaignRow, ChannelAnswer, Choice, Option, Trend
from bot.numbers.chains import CHAINS
from bot.numbers.plan import Plan

WINDOW = "7d"


def answer(office: Office, subject: str, window: str, asker: Asker, as_of: date) -> Reply:
    """How a channel goes: its numbers, its campaigns, why it changed.

    Raises:
        UnknownName: No such channel or window.
        NoNumbers: Nothing in these days.
    """
    window = window or WINDOW
    if not subject:
        return _which(office, window, asker, as_of)
    channel = find_channel(office, subject, as_of, window)
    figures = boards.figures(office, as_of, window, channel)
    totals = figures.total("channel", channel)
    if not totals:
        raise no_numbers(office, as_of, channel)
    told = judged.judged(office, as_of)
    return _together(
        [
            office.renderer(asker.language).render(
                "channel", answer=_of_currency(office, figures, told, channel, total)
            )
            for total in totals
        ]
    )


def _together(messages: list[Message]) -> Reply:
    """Amounts of several currencies, one answer under the other."""
    text = " ".join(message.text for message in messages)
    blocks = [block for message in messages for block in message.blocks]
    return Reply(text, blocks)


def _of_currency(
    office: Office, figures: Figures, told: Judged, channel: str, total: Row
) -> ChannelAnswer:
    rulebook, plan = office.rulebook, office.plan(figures.as_of)
    rows = sorted(
        (row for row in figures.rows if row["currency"] == total["currency"]),
        key=spend,
        reverse=True,
    )
    metric = head_metric(total, rows, rulebook)
    head = kpi(total, metric, rulebook, blended_target(rows, metric))
    known = rulebook.metrics.get(metric)
    result = (known.over or "") if known and known.sum == "spend" else ""
    return ChannelAnswer(
        title=title(channel),
        asked=f"channel {channel} {figures.window}",
        window=figures.window,
        since=figures.now.since,
        until=figures.now.until,
        spend=total["now.spend"],
        currency=total["currency"],
        result=result,
        results=total.get(f"now.{result}"),
        kpi=head,
        figures=exact_figures(total, head, rulebook.metrics),
        rows=tuple(campaign_row(office, row, told, plan) for row in rows),
        trends=_trends(office, figures, total, metric),
        why=causes(rows, head, rulebook),
        late=late(office, figures, [channel]),
        reasons=f"why {channel} {metric} {figures.window}" if metric in CHAINS else "",
        longer=f"channel {channel} 28d" if figures.window != "28d" else "",
        advice=f"advice {channel}" if told.about(ids_of(rows)) else "",
        unplaced=sum(1 for row in rows if not row["stage"]),
    )


def campaign_row(office: Office, row: Row, told: Judged, plan: Plan) -> CampaignRow:
    """A campaign as one line of a table."""
    own = kpi_of(row, office.rulebook)
    about = told.about(ids_of([row]))
    return CampaignRow(
        name=str(row["campaign_name"]),
        stage=row["stage"] or "",
        pricing=row["pricing_model"] or "",
        spend=row["now.spend"],
        kpi=own,
        verdict=verdict(row, own, about, office.rulebook, plan),
        currency=row["currency"],
    )


def _trends(office: Office, figures: Figures, total: Row, metric: str) -> tuple[Trend, ...]:
    wanted = ("spend", drawable(metric, office.rulebook))
    found = [
        each
        for each in boards.trends(office, figures.as_of, str(total["group"]))
        if each.kind == "channel" and each.currency == total["currency"] and each.metric in wanted
    ]
    return charts(found, figures.as_of)


def _which(office: Office, window: str, asker: Asker, as_of: date) -> Reply:
    """`/perf channel` alone: the channels there are, as buttons."""
    channels = boards.figures(office, as_of, "28d").channels
    if not channels:
        raise no_numbers(office, as_of)
    options = tuple(Option(title(each), f"channel {each} {window}") for each in channels)
    choice = Choice("channel", "", options)
    message = office.renderer(asker.language).render("choose", choice=choice)
    return Reply(message.text, message.blocks)
