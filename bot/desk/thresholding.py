"""The form of a threshold: one number of one cell, with a look back at what it would have said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.advice.thresholds import Cell
from bot.desk.office import Office
from bot.desk.plan import THRESHOLD
from bot.desk.planning_amounts import number
from bot.desk.planning_fields import given, memo, remembered
from bot.desk.planning_kept import Misfilled, Overtaken, changed, keep, valid_from, version
from bot.desk.planning_match import campaigns
from bot.desk.planning_target import cells
from bot.desk.thresholding_past import look_back
from bot.desk.types import Asker
from bot.desk.who import require
from bot.errors import PerfbotError, UsageError
from bot.messages.plan_words import THRESHOLDS
from bot.messages.plans import Changed, ThresholdForm
from bot.store.base import PlanRow

View = dict[str, Any]
VALUE = "threshold.value"


@dataclass(frozen=True)
class Dial:
    """A threshold of a cell: as it holds now, and as the rules themselves have it."""

    cell: Cell
    name: str
    value: float
    own: float

    @property
    def pattern(self) -> str:
        return f"{self.cell.name}.{self.name}"


def opened(office: Office, asker: Asker) -> View:
    """The form, at the cell most campaigns are in and the first threshold."""
    require(office, asker, "admin")
    return _view(office, asker, _form(office, asker, {}), version(office))


def chosen(office: Office, view: Mapping[str, Any], asker: Asker) -> View:
    """The form after another cell or threshold was chosen: its value as it holds now."""
    require(office, asker, "admin")
    return _view(office, asker, _form(office, asker, given(view)), _since(view))


def working(office: Office, view: Mapping[str, Any], asker: Asker) -> View:
    """The form while the look back is under way."""
    require(office, asker, "admin")
    form = replace(_form(office, asker, given(view)), working=True)
    return _view(office, asker, form, _since(view))


def previewed(office: Office, view: Mapping[str, Any], asker: Asker) -> View:
    """The form with what the new value would have said over the last 28 mornings."""
    require(office, asker, "admin")
    told = given(view)
    form, dial = _form(office, asker, told), _dial(office, asker, told)
    try:
        looked = look_back(office, asker, dial.cell, dial.name, dial.value, _value(told, dial))
        form = replace(form, looked=looked)
    except PerfbotError as error:
        wrong = next(iter(error.wrong.values())) if isinstance(error, Misfilled) else error
        form = replace(form, failed=sentence(office, asker, wrong))
    return _view(office, asker, form, _since(view))


def submitted(office: Office, view: Mapping[str, Any], asker: Asker) -> View | None:
    """Keep the new value; None where it is kept, else the form with what came between.

    An empty value brings the rules' own back.

    Raises:
        NotAllowed: The asker may not.
        Misfilled: No number.
    """
    require(office, asker, "admin")
    told = given(view)
    dial = _dial(office, asker, told)
    value = _value(told, dial)
    values = {} if not told.get(VALUE) else {"value": value}
    today = valid_from(office, asker)
    row = PlanRow(dial.pattern, values, today, asker.user, office.clock(), THRESHOLD)
    try:
        keep(office, [row], THRESHOLD, since=_since(view))
    except Overtaken as overtaken:
        news = changed(office, overtaken.event, asker)
        form = replace(_form(office, asker, told), news=news)
        return _view(office, asker, form, version(office))
    return None


def sentence(office: Office, asker: Asker, error: PerfbotError) -> str:
    """An error as plain text in the asker's language."""
    return office.renderer(asker.language).plainly(error)


def _view(office: Office, asker: Asker, form: ThresholdForm, since: int) -> View:
    return memo(office.renderer(asker.language).modal("threshold", form=form), since=since)


def _since(view: Mapping[str, Any]) -> int:
    return int(remembered(view).get("since") or 0)


def _form(
    office: Office, asker: Asker, told: Mapping[str, str], news: Changed | None = None
) -> ThresholdForm:
    choices = cells(office, campaigns(office, office.today(asker)))
    dial = _dial(office, asker, {"threshold.cell": choices[0].value, **told})
    place = {one.value: one for one in choices}[dial.cell.name]
    return ThresholdForm(
        cells=choices,
        chosen=place,
        names=_names(office),
        name=dial.name,
        value=dial.value,
        own=dial.own,
        news=news,
    )


def _names(office: Office) -> tuple[str, ...]:
    """The thresholds there are words for first; `captured` marks campaigns and is none."""
    known = office.rulebook.thresholds.names - {"captured"}
    order = {name: place for place, name in enumerate(THRESHOLDS)}
    return tuple(sorted(known, key=lambda name: (order.get(name, len(order)), name)))


def _dial(office: Office, asker: Asker, told: Mapping[str, str]) -> Dial:
    places = {f"{stage}/{pricing}": (stage, pricing) for stage, pricing in office.judges}
    chosen = told.get("threshold.cell", "")
    place = places.get(chosen) or next(iter(places.values()))
    cell = office.rulebook.thresholds.cell(*place)
    names = _names(office)
    name = told.get("threshold.name", "")
    name = name if name in names else names[0]
    own = float(cell.numbers[name])
    value = own
    for each in office.plan(valid_from(office, asker)).overrides:
        if (each.name, each.stage, each.pricing_model) == (name, cell.stage, cell.pricing):
            value = float(each.value)
    return Dial(cell, name, value, own)


def _value(told: Mapping[str, str], dial: Dial) -> float:
    """The new value; the rules' own where the field is empty.

    Raises:
        Misfilled: No number, or nothing where something has to be.
    """
    if not told.get(VALUE):
        return dial.own
    try:
        found = float(number(told[VALUE]))
        if found == 0 and dial.own > 0:
            raise UsageError("It has to be over 0.")
    except PerfbotError as error:
        raise Misfilled({VALUE: error}) from None
    return found
