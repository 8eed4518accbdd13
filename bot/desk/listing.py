"""`/perf advice [CHANNEL or CAMPAIGN]` and `/perf help`."""

from __future__ import annotations

import re
from datetime import date

from bot.desk import boards, judged
from bot.desk.cards import cards, ids_of, names_of
from bot.desk.figures import Figures, Row, spend
from bot.desk.names import Unclear, find_campaign, quoted, title
from bot.desk.office import Office
from bot.desk.types import Asker, Reply
from bot.errors import UnknownName
from bot.messages.values import AdviceList, Help
from bot.numbers.daily import match_channel


def advice(office: Office, subject: str, asker: Asker, as_of: date) -> Reply:
    """What there is to do, by money at stake.

    Raises:
        UnknownName: The subject is neither a channel nor a campaign.
    """
    figures = boards.figures(office, as_of, "28d")
    told = judged.judged(office, as_of)
    about, rows = _about(figures, subject) if subject else ("", None)
    records = told.shown if rows is None else tuple(told.about(ids_of(rows)))
    found = cards(office, records, names_of(figures.rows), office.zone(asker))
    message = office.renderer(asker.language).render(
        "advice_list", found=AdviceList(found, about, as_of)
    )
    return Reply(message.text, message.blocks)


def _about(figures: Figures, subject: str) -> tuple[str, list[Row]]:
    """The name and the campaigns of what was asked about: a channel, else a campaign."""
    try:
        channel = match_channel(subject, figures.channels)
    except UnknownName:
        row = find_campaign(figures.rows, subject)
        return str(row["campaign_name"]), [row]
    return title(channel), figures.of_channel(channel)


def help_(
    office: Office, asker: Asker, as_of: date, *, unknown: str = "", nearest: str = ""
) -> Reply:
    """What can be asked, with the asker's own channels and campaigns as examples."""
    figures = boards.figures(office, as_of, "28d")
    biggest = sorted(figures.rows, key=spend, reverse=True)[:3]
    told = Help(
        channels=tuple(title(each) for each in figures.channels[:3]),
        campaigns=tuple(str(row["campaign_name"]) for row in biggest),
        unknown=unknown,
        nearest=nearest,
    )
    message = office.renderer(asker.language).render("help", help=told)
    return Reply(message.text, message.blocks)


def meant(office: Office, error: UnknownName, text: str, as_of: date) -> str:
    """The question that was probably meant, or "": the right command, or the one left out."""
    words = re.sub(r"^\s*/perf\b", "", text, flags=re.IGNORECASE).split()
    if error.nearest:
        return " ".join((error.nearest[0], *words[1:]))
    figures = boards.figures(office, as_of, "28d")
    for command, known in (("channel", figures.channels), ("campaign", None)):
        try:
            name = " ".join(words)
            found = match_channel(name, known) if known else find_campaign(figures.rows, name)
        except (UnknownName, Unclear):
            continue
        return f"{command} {found if isinstance(found, str) else quoted(found)}"
    return ""
