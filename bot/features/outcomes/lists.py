"""What came of it: `/perf outcomes` and `/perf tests`."""

from __future__ import annotations

from datetime import date

from bot.advice.outcome import pool
from bot.context.context import Office
from bot.domain.advice import Advice
from bot.domain.replies import Asker, Reply
from bot.features.outcomes.follow_up import known_on
from bot.features.parts.message_sync import cards, names_on
from bot.question.grammar import Question
from bot.render.values.budget_moves import trial
from bot.render.values.templates import Measured, OutcomeLine, OutcomeList, Tests
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.evaluation import ids_of
from bot.snapshot.naming import about
from bot.store.base import OutcomeRecord


def outcomes(office: Office, question: Question, asker: Asker, as_of: date) -> Reply:
    """Acknowledged moves that were measured, newest first, and how many still wait.

    Raises:
        UnknownName: The subject is neither a channel nor a campaign.
    """
    figures = boards.figures(office, as_of, "28d")
    ids = ids_of(about(figures, question.subject)[1]) if question.subject else set()
    names = names_on(office, as_of)
    records = [record for record in known_on(office.store, as_of) if record.state != "void"]
    subject_records = [
        record for record in records if not question.subject or ids & set(_ids(record))
    ]
    measured = [record for record in subject_records if record.outcome]
    measured.sort(
        key=lambda record: record.outcome.as_of if record.outcome else as_of, reverse=True
    )
    waiting = [record.frozen.read_on for record in subject_records if not record.outcome]
    read = [record.outcome for record in records if record.outcome]
    pooled = pool(read)
    summary = OutcomeList(
        lines=tuple(
            OutcomeLine(
                Measured(record.outcome, record.frozen.kind, pooled, max(0, pooled.count - 1)),
                tuple(names.get(campaign_id, campaign_id) for campaign_id in _ids(record)),
            )
            for record in measured
            if record.outcome
        ),
        waiting=len(waiting),
        next_on=min((day for day in waiting if day >= as_of), default=None),
    )
    message = office.renderer(asker.language).render("outcomes", found=summary)
    return Reply(message.text, message.blocks)


def _ids(record: OutcomeRecord) -> tuple[str, ...]:
    return tuple(campaign.campaign_id for campaign in record.frozen.treated)


def tests(office: Office, _question: Question, asker: Asker, as_of: date) -> Reply:
    """Tests that are advised this morning, and those somebody took on that are not read yet."""
    read = {record.frozen.advice_id for record in known_on(office.store, as_of) if record.outcome}
    advised = [
        record for record in judged.judged(office, as_of).shown if _is_test(record.advice, as_of)
    ]
    advised_ids = {record.advice.id for record in advised}
    accepted = [
        record
        for state in judged.RUNNING
        for record in office.store.all_advice(state=state)
        if record.advice.id not in {*advised_ids, *read} and _is_test(record.advice, as_of)
    ]
    test_cards = cards(office, [*advised, *accepted], names_on(office, as_of), office.zone(asker))
    message = office.renderer(asker.language).render("tests", found=Tests(test_cards))
    return Reply(message.text, message.blocks)


def _is_test(advice: Advice, as_of: date) -> bool:
    """A test of one campaign's budget, or a move between campaigns that is one."""
    return advice.action == "run_test" or trial(advice, as_of) is not None
