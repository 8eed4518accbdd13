"""`/perf stage NAME` and `/perf pricing MODEL`: campaigns of one stage or one pricing model."""

from __future__ import annotations

import difflib
from datetime import date

from bot.desk import boards
from bot.desk.channel import WINDOW, Group, of_group
from bot.desk.figures import Figures
from bot.desk.grammar import Question
from bot.desk.names import no_numbers
from bot.desk.office import Office
from bot.desk.types import Asker, Reply
from bot.desk.words import STAGE_OF
from bot.errors import UnknownName
from bot.messages.values import Choice, Option


def stage(office: Office, question: Question, asker: Asker, as_of: date) -> Reply:
    """How the campaigns of a RACE stage go.

    Raises:
        UnknownName: No such stage or window.
        NoNumbers: Nothing in these days.
    """
    figures = boards.figures(office, as_of, question.span(WINDOW))
    known = _there(figures, "stage")
    if not question.subject:
        return _which(office, "stage", known, question, asker, as_of)
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
        return _which(office, "pricing", known, question, asker, as_of)
    key = _meant("pricing", question.subject, {name.casefold(): name for name in (*MODELS, *known)})
    group = Group("pricing_model", key, key, f"pricing {key}")
    return of_group(office, figures, group, asker, aim=_aim(question))


MODELS = ("CPM", "CPC", "CPL", "CPA")


def _aim(question: Question) -> bool:
    return question.compare == "target"


def _there(figures: Figures, by: str) -> list[str]:
    """The groups there are, the biggest spend first."""
    rows = sorted(figures.groups(by), key=lambda row: -(row["now.spend"] or 0.0))
    return list(dict.fromkeys(str(row["group"]) for row in rows if row["group"]))


def _meant(kind: str, given: str, known: dict[str, str]) -> str:
    said = given.strip().casefold()
    if said in known:
        return known[said]
    near = difflib.get_close_matches(said, list(known), n=3, cutoff=0.5)
    raise UnknownName(kind, given, tuple(dict.fromkeys(known[name] for name in near)))


def _which(  # noqa: PLR0913, PLR0917  what a choice is made of
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
