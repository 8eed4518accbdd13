"""How long a test must run before it can be read: of a campaign's own results, for a rise asked."""

from __future__ import annotations

from datetime import date

from bot.advice.experiment.design import LONGEST, days_for, needed_comparing
from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.features.measures.how_much import line_of, scene
from bot.features.parts.subjects import EVERYTHING, Subject
from bot.numbers.input.windows import parse_window
from bot.question.slots import Slots
from bot.render.values.conversation import ExperimentLength
from bot.snapshot.verdicts import judged_by

WINDOW = "28d"
USUAL_LIFT = 0.2  # the change a test is asked to show, where nobody says one
SMALLEST, LARGEST = 0.01, 5.0  # of changes that are worked out


def answer(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """How many days half and half must run, so that a change of that size is told from chance.

    Each half needs `needed_comparing` results (STATISTICS.md item 13); both share what the campaign
    brings a day, counted over the last 28 days.
    """
    at = scene(context, Slots(window=WINDOW), asker, as_of)
    subject = Subject.of(slots.things[0]) if slots.things else EVERYTHING
    rows = subject.rows(at.figures)
    if not rows:
        return at.said("experiment_length", found=ExperimentLength(slots.things[0].title))
    counted = context.rulebook.metrics[judged_by(rows[0], context.rulebook)].over or "conversions"
    total = line_of(at, subject.title, rows, counted).value or 0.0
    a_day = total / parse_window(WINDOW, as_of)[0].days
    lift = _lift(slots)
    needed = needed_comparing(
        1 + lift, context.rulebook.thresholds.default.numbers["overdispersion"]
    )
    days = days_for(2 * needed, a_day) if a_day > 0 else None
    name = slots.things[0].title if slots.things else ""
    too_long = days is not None and days > LONGEST  # as of the tests that advice asks for
    length = ExperimentLength(name, counted, lift, needed, a_day, days, too_long)
    return at.said("experiment_length", found=length)


def _lift(slots: Slots) -> float:
    """The change a sentence asks about, of one."""
    if slots.amount is None or not slots.percent:
        return USUAL_LIFT
    return min(max(slots.amount / 100, SMALLEST), LARGEST)
