"""The form of a target: of a cell, channel and pattern, by the metric the cell judges by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.context.context import REST, SLACK, Office, values_of
from bot.domain.replies import Asker
from bot.errors import PerfbotError, UsageError
from bot.features.plan.amounts import amount, given, memo, since_of
from bot.features.plan.entries import (
    Campaign,
    Held,
    Misfilled,
    Overtaken,
    campaigns,
    changed,
    channels,
    currency_of,
    fitting,
    held,
    keep,
    matched,
    refuse_forged,
    together,
    valid_from,
    version,
)
from bot.numbers.input.names import normal_name
from bot.policy.permissions import require
from bot.render.values.plans import CellChoice, Changed, TargetForm
from bot.store.base import PlanRow

View = dict[str, Any]
PATTERN = "target.pattern"


@dataclass(frozen=True)
class Wanted:
    """What a form asks for: campaigns of one cell that fit a pattern."""

    cell: CellChoice
    pattern: str
    fits: tuple[Campaign, ...]

    @property
    def selected(self) -> list[Campaign]:
        place = (self.cell.stage, self.cell.pricing)
        return [one for one in self.fits if (one.stage, one.pricing) == place]


def opened(office: Office, asker: Asker) -> View:
    """The form, at the cell most campaigns are in."""
    require(office, asker, "admin")
    return _view(office, asker, {}, version(office), _known(office, asker))


def previewed(office: Office, view: Mapping[str, Any], asker: Asker) -> View:
    """The form again with the campaigns it is about; also after another cell was chosen."""
    require(office, asker, "admin")
    since = since_of(view)
    return _view(office, asker, given(view), since, _known(office, asker), look=True)


def submitted(office: Office, view: Mapping[str, Any], asker: Asker) -> View | None:
    """Keep the target; None where it is kept, else the form with what came between.

    Raises:
        NotAllowed: The asker may not.
        Misfilled: With what is wrong, by field.
    """
    require(office, asker, "admin")
    told, since = given(view), since_of(view)
    value = _value(told)
    known = _known(office, asker)
    places = [each.value for each in cells(office, known)]
    refuse_forged(told, {"target.cell": places, "target.channel": dict(channels(known))})
    rows = _rows(office, asker, _wanted(office, known, told), value, known)
    patterns = [row.pattern for row in rows]
    try:
        with office.store.atomic():
            for origin in dict.fromkeys(row.origin for row in rows):
                same = [row for row in rows if row.origin == origin]
                keep(office, same, origin, since=since, about=patterns)
                since = version(office)  # our own first half is no news to the second
    except Overtaken as overtaken:
        news = changed(office, overtaken.event, asker)
        return _view(office, asker, told, version(office), known, look=True, news=news)
    return None


def cells(office: Office, known: Sequence[Campaign]) -> tuple[CellChoice, ...]:
    """The sixteen cells, those with most campaigns first."""
    count = Counter((one.stage, one.pricing) for one in known)
    found = [
        CellChoice(f"{stage}/{pricing}", stage, pricing, judge, count[stage, pricing])
        for (stage, pricing), judge in office.judges.items()
    ]
    return tuple(sorted(found, key=lambda one: -one.campaigns))


def _view(  # noqa: PLR0913  # what a form is made of
    office: Office,
    asker: Asker,
    told: Mapping[str, str],
    since: int,
    known: Sequence[Campaign],
    *,
    look: bool = False,
    news: Changed | None = None,
) -> View:
    wanted = _wanted(office, known, told)
    about = wanted.selected
    form = TargetForm(
        cells=cells(office, known),
        chosen=wanted.cell,
        channels=channels(known),
        currency=currency_of(about or known),
        news=news,
    )
    if look:
        entries = tuple(dict.fromkeys(one.entry for one in about if one.entry))
        form = replace(form, matched=matched(about), entries=entries[:3])
        form = replace(form, amount=_readable(told))
    view = office.renderer(asker.language).modal("target", form=form)
    return memo(view, since=since)


def _readable(told: Mapping[str, str]) -> float | None:
    try:
        return _value(told)
    except Misfilled:
        return None


def _value(told: Mapping[str, str]) -> float:
    try:
        return float(amount(told.get("target.amount", "")))
    except PerfbotError as error:
        raise Misfilled({"target.amount": error}) from None


def _known(office: Office, asker: Asker) -> tuple[Campaign, ...]:
    return campaigns(office, office.today(asker))


def _wanted(office: Office, known: Sequence[Campaign], told: Mapping[str, str]) -> Wanted:
    choices = cells(office, known)
    chosen = {one.value: one for one in choices}.get(told.get("target.cell", ""), choices[0])
    pattern = together(told.get("target.channel", ""), told.get(PATTERN, ""))
    return Wanted(chosen, pattern, tuple(fitting(known, pattern)))


def _rows(
    office: Office, asker: Asker, wanted: Wanted, value: float, known: Sequence[Campaign]
) -> list[PlanRow]:
    """One row for each entry that holds some of the campaigns, and one for those without any.

    An entry keeps everything else it says, and its place.

    Raises:
        Misfilled: There are no campaigns, several currencies, or others the target would touch.
    """
    selected = wanted.selected
    if not selected:
        raise _wrong("No campaign fits that.", "Look with Preview, or make an entry of the plan.")
    if len({one.currency for one in selected}) > 1:
        raise _wrong("These campaigns are in several currencies.", "Choose a channel of one.")
    return list(_each(office, asker, wanted, value, known))


def _each(
    office: Office, asker: Asker, wanted: Wanted, value: float, known: Sequence[Campaign]
) -> Iterator[PlanRow]:
    selected, metric = set(wanted.selected), wanted.cell.judge
    entries = held(office, asker)
    for pattern in dict.fromkeys(one.entry for one in wanted.selected):
        pool = [one for one in (known if pattern else wanted.fits) if one.entry == pattern]
        others = [one for one in pool if one not in selected]
        found = entries.get(normal_name(pattern)) if pattern else None
        touched = any(one.judge == metric for one in others)
        if touched and not (found and set(wanted.fits) <= selected and _all_of(wanted, pattern)):
            raise _wrong(
                "Campaigns of other stages share an entry of the plan with these.",
                "Write a pattern that fits only the ones you mean.",
            )
        made = _merged(found, value, metric, () if touched else others)
        yield _row(office, asker, wanted, made, found, narrow=touched)


def _all_of(wanted: Wanted, pattern: str) -> bool:
    return all(one.entry == pattern for one in wanted.fits)


def _merged(
    found: Held | None, value: float, metric: str, others: Sequence[Campaign]
) -> dict[str, Any]:
    """What the entry says with the new target; targets of other metrics stay as they are."""
    old = values_of(found.entry) if found else {}
    target = old.get("target")
    if isinstance(target, Mapping):
        return {**old, "target": {**target, metric: value}}
    if found and not any(one.judge != metric for one in others):
        return {**old, "target": value}
    judges = {one.judge for one in others if one.judge} if target is not None else set()
    return {**old, "target": {**dict.fromkeys(sorted(judges), target), metric: value}}


def _row(  # noqa: PLR0913  # what a row is made of
    office: Office,
    asker: Asker,
    wanted: Wanted,
    values: Mapping[str, Any],
    found: Held | None,
    *,
    narrow: bool,
) -> PlanRow:
    said = (valid_from(office, asker), asker.user, office.clock())
    if found is None:
        return PlanRow(wanted.pattern, values, *said, REST)
    if narrow:
        before = (each.position for each in held(office, asker).values() if each.origin == SLACK)
        return PlanRow(wanted.pattern, values, *said, SLACK, max(before, default=0) + 1)
    origin = SLACK if found.origin == "file" else found.origin
    return PlanRow(found.entry.match, values, *said, origin, found.position)


def _wrong(message: str, hint: str) -> Misfilled:
    return Misfilled({PATTERN: UsageError(message, hint=hint)})
