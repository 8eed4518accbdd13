"""A target, budget or pause a sentence wants: what it would come to, and where a person does it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Door
from bot.errors import UnknownName
from bot.features.measures.how_much import line_of, scene
from bot.features.parts.subjects import Subject
from bot.features.plan.amounts import as_typed
from bot.features.plan.target_form import FORM_FIELDS
from bot.policy.permissions import may
from bot.question.slots import Slots
from bot.question.unread import strangers
from bot.render.values.conversation import Wish
from bot.snapshot import boards
from bot.snapshot.naming import title
from bot.snapshot.verdicts import judged_by

# `by 10 %`, `10 % more`: what is said is the step. `to 4000, to get more sales` is none.
_STEP = re.compile(
    r"\b(?:by|with|med|extra|ekstra)\s+(?:kr\s*)?[$£€]?[0-9]|"
    r"[0-9][^\s]*(?:\s*(?:%|kr|nok|kroner|percent|per cent|prosent))?\s+"
    r"(?:more|less|extra|higher|lower|mer|mindre|ekstra|høyere|lavere)\b"
)
_SHARE = 100  # per cent
_DOWN = re.compile(
    r"\b(?:cut\w*|lower\w*|reduc\w*|decreas\w*|down|drop\w*|less|kutt\w*|senk\w*|reduser\w*|ned|"
    r"mindre|trim\w*)\b"
)


def wished_change(context: Context, slots: Slots, asker: Asker, as_of: date) -> Wish:
    """What a target, a budget or a pause would change, for those a sentence names.

    Raises:
        UnknownName: It names somebody nobody knows.
    """
    figures = boards.figures(context, as_of, "7d")
    if not slots.things:
        unknown = strangers(slots.text)
        if unknown:
            raise UnknownName("campaign", " ".join(unknown))
        return Wish(slots.detail)
    subject = slots.things[-1]
    rows = Subject.of(subject).rows(figures)
    if not rows:
        return Wish(slots.detail, subject.title)
    return _of_rows(context, slots, asker, as_of, rows)


def _of_rows(
    context: Context, slots: Slots, asker: Asker, as_of: date, rows: Sequence[CampaignRow]
) -> Wish:
    row = rows[0]
    of_target = slots.detail == "target"
    metric = _metric(context, slots, row)
    same_currency = [campaign for campaign in rows if campaign.currency == row.currency]
    at = scene(context, Slots(), asker, as_of)
    was = row.target(metric) if of_target else row.now("daily_budget")
    is_money = not of_target or context.rulebook.metrics[metric].unit == "money"
    wish = Wish(
        slots.detail,
        slots.things[-1].title,
        metric=metric,
        was=was if len(rows) == 1 else None,
        currency=row.currency if is_money else None,
        channel=title(row.channel),
        now=tuple(line_of(at, row.label, same_currency, name) for name in ("spend", metric)),
    )
    wish = _wanted(wish, slots)
    opens = asker.door is Door.SLACK and may(context, asker, "admin")
    return replace(wish, fill=_filled_in(context, wish, rows) if opens else "")


def _metric(context: Context, slots: Slots, row: CampaignRow) -> str:
    if slots.detail == "target" and slots.metric == "roas":
        return "roas"
    return judged_by(row, context.rulebook)


def _wanted(wish: Wish, slots: Slots) -> Wish:
    """With the amount there should be; a step is added to what holds, where that is known."""
    if slots.amount is None:
        return wish
    if not _STEP.search(slots.text):
        return _absolute(wish, slots.amount, percent=slots.percent)
    signed = -slots.amount if _DOWN.search(slots.text) else slots.amount
    if slots.percent and wish.was is None:
        return replace(wish, share=signed / _SHARE)
    if wish.was is None:
        return wish
    step = wish.was * signed / _SHARE if slots.percent else signed
    return replace(wish, amount=wish.was + step)


def _absolute(wish: Wish, amount: float, *, percent: bool) -> Wish:
    """What is said is what should be: `to 240`; of ROAS 400 % is 4, of all else of what it is."""
    if percent and wish.metric == "roas":
        return replace(wish, amount=amount / _SHARE)
    if percent:
        return replace(wish, amount=None if wish.was is None else wish.was * amount / _SHARE)
    return replace(wish, amount=amount)


def _filled_in(context: Context, wish: Wish, rows: Sequence[CampaignRow]) -> str:
    """What the form of a target opens with; "" where one form cannot hold what is wanted."""
    cells = {(str(row.stage or ""), str(row.pricing_model or "")) for row in rows}
    channels = {row.channel for row in rows}
    if wish.kind != "target" or wish.amount is None or len(cells) > 1:
        return ""
    cell = cells.pop()
    if context.judges.get(cell) != wish.metric:
        return ""
    values = (
        "/".join(cell),
        channels.pop() if len(channels) == 1 else "",
        str(rows[0].campaign_name or rows[0].campaign_id) if len(rows) == 1 else "",
        as_typed(wish.amount),
    )
    return json.dumps(dict(zip(FORM_FIELDS, values, strict=True)), ensure_ascii=False)
