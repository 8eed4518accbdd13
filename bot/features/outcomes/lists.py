"""What came of it: `/perf outcomes` and `/perf tests`."""

from __future__ import annotations

from datetime import date

from bot.advice.outcome import pool
from bot.context.context import Office
from bot.domain.advice import Advice
from bot.domain.replies import Asker, Reply
from bot.features.outcomes.follow_up import known_on
from bot.features.parts.cards import cards, ids_of, names_on
from bot.question.grammar import Question
from bot.render.values.moves import trial
from bot.render.values.templates import Measured, OutcomeLine, Outcomes, Tests
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.naming import about
from bot.store.base import OutcomeRecord

RUNNING = ("acknowledged", "in_progress")


def outcomes(office: Office, question: Question, asker: Asker, as_of: date) -> Reply:
    """Acknowledged moves that were measured, newest first, and how many still wait.

    Raises:
        UnknownName: The subject is neither a channel nor a campaign.
    """
    figures = boards.figures(office, as_of, "28d")
    ids = ids_of(about(figures, question.subject)[1]) if question.subject else set()
    names = names_on(office, as_of)
    known = [one for one in known_on(office.store, as_of) if one.state != "void"]
    own = [one for one in known if not question.subject or ids & set(_ids(one))]
    measured = [one for one in own if one.outcome]
    measured.sort(key=lambda one: one.outcome.as_of if one.outcome else as_of, reverse=True)
    waiting = [one.frozen.read_on for one in own if not one.outcome]
    read = [one.outcome for one in known if one.outcome]
    pooled = pool(read)
    found = Outcomes(
        lines=tuple(
            OutcomeLine(
                Measured(one.outcome, one.frozen.kind, pooled, max(0, pooled.count - 1)),
                tuple(names.get(each, each) for each in _ids(one)),
            )
            for one in measured
            if one.outcome
        ),
        waiting=len(waiting),
        next_on=min((day for day in waiting if day >= as_of), default=None),
    )
    message = office.renderer(asker.language).render("outcomes", found=found)
    return Reply(message.text, message.blocks)


def _ids(record: OutcomeRecord) -> tuple[str, ...]:
    return tuple(one.campaign_id for one in record.frozen.treated)


def tests(office: Office, _question: Question, asker: Asker, as_of: date) -> Reply:
    """Tests that are advised this morning, and those somebody took on that are not read yet."""
    read = {one.frozen.advice_id for one in known_on(office.store, as_of) if one.outcome}
    told = [one for one in judged.judged(office, as_of).shown if _is_test(one.advice, as_of)]
    held = {one.advice.id for one in told}
    taken = [
        one
        for state in RUNNING
        for one in office.store.all_advice(state=state)
        if one.advice.id not in {*held, *read} and _is_test(one.advice, as_of)
    ]
    found = cards(office, [*told, *taken], names_on(office, as_of), office.zone(asker))
    message = office.renderer(asker.language).render("tests", found=Tests(found))
    return Reply(message.text, message.blocks)


def _is_test(advice: Advice, as_of: date) -> bool:
    """A test of one campaign's budget, or a move between campaigns that is one."""
    return advice.action == "run_test" or trial(advice, as_of) is not None
