"""`/perf why-not CAMPAIGN [RULE]`: which guard held advice back, with the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.advice.details.judging import DAYS_READ
from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.findings import Mornings
from bot.advice.evaluate.silence import WhyNot, why_not
from bot.advice.rules.rulebook import Rule
from bot.context.context import Context
from bot.context.reported_results import with_results
from bot.domain.advice import Advised
from bot.domain.campaign_rows import CampaignRow, spend
from bot.domain.replies import Asker, Reply
from bot.errors import UnknownName
from bot.question.grammar import Question
from bot.render.values.templates import Choice, Option, WhyNotAnswer
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.morning_days import HISTORY, KnownDays
from bot.snapshot.naming import NEAREST, Unclear, find_campaign, no_numbers, quoted, redirected


@dataclass(frozen=True)
class RuleReadings:
    """What the rules made of a campaign on a morning."""

    row: CampaignRow
    rules: tuple[WhyNot, ...]
    states: Mapping[str, str]
    of_one: bool

    def to_json(self, as_of: date) -> dict[str, Any]:
        """`{"campaign_id", "as_of", "rules": [{rule, verdict, guard, lines, numbers}]}`."""
        return {
            "as_of": as_of.isoformat(),
            "campaign_id": self.row.campaign_id,
            "campaign_name": self.row.campaign_name,
            "rules": [rule_verdict.to_json() for rule_verdict in self.rules],
        }


def answer(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """Why a rule, or every rule that is for a campaign, says nothing about it.

    Raises:
        UnknownName: No such campaign or rule.
        NoNumbers: There are none.
    """
    words = question.words or tuple(filter(None, [question.subject]))  # of a sentence: a name
    if not words:
        return _which(context, asker, as_of)
    explanation = asked(context, [word.removeprefix('"') for word in words], as_of)
    return reply(context, explanation, asker, as_of)


def reply(context: Context, explanation: RuleReadings, asker: Asker, as_of: date) -> Reply:
    """What was found, in the asker's language."""
    message = context.renderer(asker.language).render(
        "why_not", answer=_answer(context, explanation, as_of)
    )
    return Reply(message.text, message.blocks)


def asked(context: Context, words: list[str], as_of: date) -> RuleReadings:
    """What was asked: a campaign's name, maybe with a rule's id after it. Raises as `answer`."""
    rules_by_id = {rule.id: rule for rule in context.rulebook.rules}
    rule = rules_by_id.get(words[-1].casefold()) if len(words) > 1 else None
    name = " ".join(words[:-1] if rule else words)
    try:
        row = campaign(context, name, as_of)
    except UnknownName:
        if rule or len(words) < 2:
            raise
        campaign(context, " ".join(words[:-1]), as_of)  # it is the rule that nobody knows
        context.rulebook.rule(words[-1])
        raise
    return held(context, row, rule, as_of)


def campaign(context: Context, name: str, as_of: date) -> CampaignRow:
    """The campaign meant; raises UnknownName, Unclear or NoNumbers."""
    figures = boards.figures(context, as_of, "28d")
    if not figures.rows:
        raise no_numbers(context, as_of)
    try:
        return find_campaign(figures, name)
    except Unclear as unclear:
        raise Unclear(redirected(unclear.choice, "why-not")) from None


def held(context: Context, row: CampaignRow, rule: Rule | None, as_of: date) -> RuleReadings:
    """What one rule, or all that are for it, made of a campaign."""
    judgement = judged.judged(context, as_of)
    advised = Advised(
        tuple(advice_record.advice for advice_record in judgement.records), judgement.held_back
    )
    verdicts = why_not(facts_of(context, as_of), row.entity, advised, (rule,) if rule else ())
    states = {
        record.advice.rule: record.state
        for record in judgement.records
        if verdicts and verdicts[0].campaign_id in record.advice.campaign_ids
    }
    return RuleReadings(row, verdicts, states, rule is not None)


def facts_of(context: Context, as_of: date) -> Facts:
    """What the rules knew of every campaign on a morning, as `bot.snapshot.evaluation` judges."""
    since = as_of - timedelta(HISTORY)
    known_days = KnownDays.read(context, as_of, since)
    plan = with_results(context.plan(as_of), known_days.newest(since), as_of)
    store = context.store
    return Mornings.of(
        known_days.revisions(since),
        as_of,
        context.rulebook,
        plan,
        store.window_reach(),
        store.memory(as_of).learned,
        store.details(None, None, as_of - timedelta(DAYS_READ), as_of - timedelta(1)),
    ).facts()


def _answer(context: Context, explanation: RuleReadings, as_of: date) -> WhyNotAnswer:
    asks = f"why-not {quoted(explanation.row)}"
    return WhyNotAnswer(
        name=explanation.row.label,
        as_of=as_of,
        asked=f"{asks} {explanation.rules[0].rule.id}" if explanation.of_one else asks,
        rules=explanation.rules,
        titles={rule.id: rule.title for rule in context.rulebook.rules},
        states=explanation.states,
        currency=explanation.row.currency,
        of_one=explanation.of_one,
    )


def _which(context: Context, asker: Asker, as_of: date) -> Reply:
    """`/perf why-not` alone: the biggest campaigns, as buttons."""
    rows = sorted(boards.figures(context, as_of, "28d").rows, key=spend, reverse=True)
    if not rows:
        raise no_numbers(context, as_of)
    options = tuple(Option(row.label, f"why-not {quoted(row)}") for row in rows[:NEAREST])
    message = context.renderer(asker.language).render(
        "choose", choice=Choice("campaign", "", options)
    )
    return Reply(message.text, message.blocks)
