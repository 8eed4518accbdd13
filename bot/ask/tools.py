"""The questions people ask, as tools for their own assistants: read-only, the same way as `/perf`.

A tool asks the desk exactly what somebody would have typed, with nothing stored, and hands back the
answer in words, as Block Kit, and as the numbers behind it, all within one client where one is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from bot.ask.desk import Desk
from bot.blockkit import Blocks
from bot.context.context import Context
from bot.context.request import request
from bot.context.scoping import for_asker
from bot.domain.advice import advice_to_json, plain
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Door, Reply
from bot.errors import PerfbotError
from bot.features.explain import change, why_not
from bot.features.outcomes.follow_up import known_on
from bot.features.search import find as finding
from bot.numbers.input.names import channel_key
from bot.policy.permissions import require
from bot.question.grammar import Question
from bot.snapshot import boards, evaluation
from bot.snapshot.naming import Unclear, find_campaign

LONGEST = 300  # letters of an argument
Arguments = Mapping[str, str]
Data = Callable[[Context, Arguments, Asker, date], Any]
_TEXTS = ("channel", "account_id", "campaign_id", "campaign_name", "stage", "pricing_model",
          "currency", "client", "monthly_budget")  # fmt: skip


@dataclass(frozen=True)
class Tool:
    """A question an assistant may ask.

    Attributes:
        about: What it answers, for the assistant to choose by.
        question: What is typed after `/perf`; an argument in braces is put in quoted, one that is
            empty is left out.
        data: The numbers behind the answer.
    """

    about: str
    question: str
    data: Data


@dataclass(frozen=True)
class ToolAnswer:
    """What a tool hands back: `text` for people, `blocks` for Slack, `data` for programs.

    Attributes:
        data: None where there is nothing behind it, as when the name fits several.
        error: Whether the question could not be answered; `text` says why and what to do.
    """

    question: str
    as_of: date
    text: str
    blocks: Blocks
    data: Any = None
    error: bool = False

    def to_json(self) -> dict[str, Any]:
        """Every field, days as ISO text."""
        fields: dict[str, Any] = plain(asdict(self))
        return fields


def _rows(rows: Iterable[CampaignRow]) -> list[dict[str, Any]]:
    """Rows of a board: what names them, and each metric now, before and as planned."""
    return [_row(row) for row in rows]


def _row(row: CampaignRow) -> dict[str, Any]:
    periods: dict[str, dict[str, Any]] = {"now": {}, "before": {}, "target": {}}
    for column, value in row.columns.items():
        period, dot, metric = column.partition(".")
        if dot and period in periods:
            periods[period][metric] = value
    texts = {name: row.columns.get(name) for name in _TEXTS}
    numbers: dict[str, Any] = plain({**texts, **periods})
    return numbers


def _board(context: Context, given: Arguments, _asker: Asker, as_of: date) -> Any:
    return _rows(boards.figures(context, as_of, given.get("window") or "7d").rows)


def _channel(context: Context, given: Arguments, _asker: Asker, as_of: date) -> Any:
    key = channel_key(given["name"])
    figures = boards.figures(context, as_of, given.get("window") or "7d", key)
    return _rows(row for row in figures.rows if row.channel == key)


def _campaign(context: Context, given: Arguments, _asker: Asker, as_of: date) -> Any:
    figures = boards.figures(context, as_of, given.get("window") or "7d")
    return _row(find_campaign(figures, given["name"]))


def _why(context: Context, given: Arguments, _asker: Asker, as_of: date) -> Any:
    window, metric = given.get("window") or "", given.get("metric") or ""
    question = Question("why", given["name"], window, (f'"{given["name"]}',), metric)
    return [
        change.to_json(explanation, as_of)
        for explanation in change.explained(context, question, as_of)
    ]


def _why_not(context: Context, given: Arguments, _asker: Asker, as_of: date) -> Any:
    rule = context.rulebook.rule(given["rule"]) if given.get("rule") else None
    row = why_not.campaign(context, given["name"], as_of)
    return why_not.held(context, row, rule, as_of).to_json(as_of)


def _advice(context: Context, _given: Arguments, _asker: Asker, as_of: date) -> Any:
    return [
        {"state": record.state, "answered_by": record.answered_by, **advice_to_json(record.advice)}
        for record in evaluation.judged(context, as_of).shown
    ]


def _pacing(context: Context, _given: Arguments, _asker: Asker, as_of: date) -> Any:
    month = boards.figures(context, as_of, "mtd")
    return _rows(row for row in month.rows if row.monthly_budget)


def _outcomes(context: Context, _given: Arguments, _asker: Asker, as_of: date) -> Any:
    return [
        {
            "advice_id": record.advice_id,
            "rule": record.frozen.rule,
            "state": record.state,
            "acknowledged_on": record.frozen.on,
            "read_on": record.frozen.read_on,
            "outcome": plain(asdict(record.outcome)) if record.outcome else None,
        }
        for record in known_on(context.store, as_of)
    ]


def _find(context: Context, given: Arguments, asker: Asker, _as_of: date) -> Any:
    hits = finding.found(context, given["text"], asker)
    return {
        "total": hits.total,
        "campaigns": [campaign.label for campaign in hits.campaigns],
        "advice": [hit.card.id for hit in hits.advice],
        "answers": [
            {"who": answer.who, "reason": answer.reason, "advice_id": answer.card.id}
            for answer in hits.answers
        ],
    }


TOOLS: Mapping[str, Tool] = {
    "board": Tool(
        "Every campaign with its metrics, now, before and as planned, over some days.",
        "channel {window}",
        _board,
    ),
    "channel": Tool(
        "How one advertising channel does, e.g. google, meta, linkedin.",
        "channel {name} {window}",
        _channel,
    ),
    "campaign": Tool(
        "How one campaign does, by its name or a part of it.", "campaign {name} {window}", _campaign
    ),
    "why": Tool(
        "Why a number of a channel or campaign changed: factors that add up to the change.",
        "why {name} {metric} {window}",
        _why,
    ),
    "why_not": Tool(
        "Why the rules say nothing about a campaign: the line that does not hold, or the guard.",
        "why-not {name} {rule}",
        _why_not,
    ),
    "advice": Tool(
        "What perfbot advises this morning, with evidence, money at stake and certainty.",
        "advice",
        _advice,
    ),
    "pacing": Tool("How monthly budgets go, and where they will land.", "pacing", _pacing),
    "outcomes": Tool(
        "What came of acknowledged moves, against campaigns nobody touched.", "outcomes", _outcomes
    ),
    "find": Tool("Campaigns, advice and answers by their words.", "find {text}", _find),
}


class Tools:
    """Asks the desk for one person, or for whoever has the database in their hands.

    Args:
        desk: Over the whole store, or over what one client may see.
        asker: Who asks. Where the desk is one client's, at the terminal's door.
        person: Whose role is asked about besides: a Slack id, or "".
    """

    def __init__(self, desk: Desk, asker: Asker, person: str = "") -> None:
        self.desk, self.asker, self.person = desk, asker, person

    @request()
    def ask(self, tool: str, given: Arguments, as_of: date) -> ToolAnswer:
        """The answer to a tool's question, with what is behind it."""
        question = _question(TOOLS[tool].question, given)
        try:
            if self.person:
                require(self.desk.context, Asker(self.person, door=Door.SLACK), "viewer")
            reply = self.desk.ask(question, self.asker, as_of, dry=True)
        except PerfbotError as error:
            message = self.desk.context.renderer(self.asker.language).error(error)
            reply = Reply(message.text, message.blocks, error=error)
        blocks = tuple(dict(block) for block in reply.blocks)
        data = None if reply.error else self._data(tool, given, as_of)
        return ToolAnswer(question, as_of, reply.text, blocks, data, reply.error is not None)

    def _data(self, tool: str, given: Arguments, as_of: date) -> Any:
        context = for_asker(self.desk.context, self.asker, as_of=as_of)
        try:
            return TOOLS[tool].data(context, given, self.asker, as_of)
        except (PerfbotError, Unclear):  # the words say what is missing, or which is meant
            return None


def _question(pattern: str, given: Arguments) -> str:
    words = []
    for word in pattern.split():
        if not word.startswith("{"):
            words.append(word)
            continue
        name = word.strip("{}")
        text = " ".join(str(given.get(name) or "").replace('"', " ").split())[:LONGEST]
        if text:
            words.append(f'"{text}"' if name == "name" else text)
    return " ".join(words)
