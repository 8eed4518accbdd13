"""The form by which something is set: declared by its fields, opened, looked at, kept, taken away.

What stands in it is read field by field, each by its kind and within its bounds; what is wrong is
said at its field, all of it at once. What the fields are called stands in the form's template, the
words of which go by the fields' names.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, cached_property

from bot.context.context import Context
from bot.domain.replies import Asker, OpenForm, Submission
from bot.errors import PerfbotError, UsageError
from bot.features.plan.amounts import MICROS, amount, number
from bot.features.plan.entries import (
    Overtaken,
    PlannedCampaign,
    StandingEntry,
    campaigns,
    changed,
    channels,
    held,
    keep,
    version,
)
from bot.policy.permissions import require
from bot.render.values.plans import Changed, PlanForm, TargetForm, ThresholdForm
from bot.store.base import PlanRow


class Misfilled(PerfbotError):
    """A form that cannot be kept: what is wrong, by field."""

    code = "misfilled"

    def __init__(self, wrong: Mapping[str, PerfbotError]) -> None:
        self.wrong = wrong
        super().__init__(" ".join(str(error) for error in wrong.values()))


class FieldKind(Enum):
    """What a field takes."""

    TEXT = "text"
    CHOICE = "choice"
    MONEY = "money"
    NUMBER = "number"


class Phase(Enum):
    """Why a form is drawn."""

    OPENED = "opened"
    CHOSEN = "chosen"  # something was chosen that the form turns on
    WORKING = "working"  # a preview is on its way
    LOOKED = "looked"
    OVERTAKEN = "overtaken"  # somebody else was first


@dataclass(frozen=True)
class FormStep:
    """A form with what stands in it, and who looks at it.

    Attributes:
        read_campaigns: Reads them, once however often the form is drawn: a board may have to be
            worked out for it.
        news: What somebody else changed in the meantime.
    """

    context: Context
    asker: Asker
    submission: Submission
    read_campaigns: Callable[[], tuple[PlannedCampaign, ...]]
    phase: Phase = Phase.OPENED
    news: Changed | None = None

    @property
    def campaigns(self) -> tuple[PlannedCampaign, ...]:
        """Every campaign there is, the biggest spend first."""
        return self.read_campaigns()

    @cached_property
    def entries(self) -> dict[str, StandingEntry]:
        """Every entry of the plan that holds today, by its normal pattern."""
        return held(self.context, self.asker)

    @property
    def looks(self) -> bool:
        """Whether it is to be seen what the form is about."""
        return self.phase in {Phase.LOOKED, Phase.OVERTAKEN}


def channel_choices(step: FormStep) -> Container[str]:
    """The channels there are."""
    return dict(channels(step.campaigns))


def exactly(_step: FormStep) -> int:
    """Decimals of an amount of which nobody knows the currency."""
    return MICROS


def anything(_step: FormStep, _value: float) -> None:
    """No bound but the kind's own."""


@dataclass(frozen=True)
class Field:
    """A field of a form.

    Attributes:
        name: By which its answer comes back, its error is placed and its template calls it.
        kind: What it takes, which says how it is read.
        writes: The field of a plan's entry it sets, where it sets one as it stands.
        choices: What it offers: a form's values are what somebody sent.
        required: Whether nothing is wrong, too.
        decimals: At most so many, of money.
        bound: Raises UsageError for a number it does not take.
        redraws: How the form is drawn anew once this was used, where it is.
    """

    name: str
    kind: FieldKind = FieldKind.TEXT
    writes: str = ""
    choices: Callable[[FormStep], Container[str]] = channel_choices
    required: bool = False
    decimals: Callable[[FormStep], int] = exactly
    bound: Callable[[FormStep, float], None] = anything
    redraws: Phase | None = None

    def read(self, step: FormStep) -> str | float | None:
        """What stands in it; None for nothing.

        Raises:
            UsageError: It is on no list, no number, or out of bounds.
        """
        text = step.submission.text(self.name)
        if not text and not self.required:
            return None
        if self.kind is FieldKind.CHOICE and text not in self.choices(step):
            raise _not_offered(text)
        return (
            self._number(text, step) if self.kind in {FieldKind.MONEY, FieldKind.NUMBER} else text
        )

    def _number(self, text: str, step: FormStep) -> float:
        money = self.kind is FieldKind.MONEY
        value = float(amount(text, decimals=self.decimals(step)) if money else number(text))
        self.bound(step, value)
        return value


def _not_offered(text: str) -> UsageError:
    return UsageError(
        "%(given)s is not on the list.",
        hint="Choose from the list.",
        values={"given": text[:60]},
    )


@dataclass(frozen=True)
class Answers:
    """What stands in the fields of a form, read; None where nothing stands."""

    values: Mapping[str, str | float | None]

    def of(self, name: str) -> str | float | None:
        """What stands in a field."""
        return self.values.get(name)

    def text(self, name: str) -> str:
        """What was written or chosen in a field; "" for nothing."""
        value = self.of(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> float | None:
        """The number or amount in a field."""
        value = self.of(name)
        return value if isinstance(value, float) else None


Drawing = PlanForm | TargetForm | ThresholdForm


@dataclass(frozen=True)
class SettingForm:
    """A form as it is declared.

    Attributes:
        name: Of its template, and by which Slack sends it.
        fields: In their order.
        draw: What its template takes.
        change: The rows that keep it. Raises Misfilled.
        removal: The row that takes away what it is about; None where there is nothing of it.
        slow: Whether its preview takes so long that somebody is told that it is coming.
    """

    name: str
    fields: tuple[Field, ...]
    draw: Callable[[FormStep], Drawing]
    change: Callable[[FormStep, Answers], Sequence[PlanRow]]
    removal: Callable[[FormStep], PlanRow | None] | None = None
    slow: bool = False

    def opened(self, context: Context, asker: Asker, pattern: str = "") -> OpenForm:
        """The form; of an entry's pattern, with what holds now.

        Raises:
            NotAllowed: The asker may not change what is set.
        """
        step = self._step(context, Submission(self.name, pattern=pattern), asker)
        return self._shown(step, version(context))

    def filled(self, context: Context, asker: Asker, values: Mapping[str, str]) -> OpenForm:
        """The form with what somebody said, by field, standing in it, looked at already.

        What it has no field for is left out.

        Raises:
            NotAllowed: The asker may not change what is set.
        """
        inputs = {field.name: values[field.name] for field in self.fields if field.name in values}
        step = self._step(context, Submission(self.name, inputs), asker)
        return self._shown(replace(step, phase=Phase.LOOKED), version(context))

    def meanwhile(self, context: Context, submission: Submission, asker: Asker) -> OpenForm | None:
        """The form while its preview is on its way; None where that takes no time."""
        if not self.slow:
            return None
        step = self._step(context, submission, asker)
        return self._shown(replace(step, phase=Phase.WORKING), submission.since)

    def used(
        self, context: Context, submission: Submission, asker: Asker, action: str = ""
    ) -> OpenForm:
        """The form after a menu of it (`action`) was used, else with what it is about."""
        redraws = {field.name: field.redraws for field in self.fields}
        phase = redraws.get(action) or Phase.LOOKED
        step = self._step(context, submission, asker)
        return self._shown(replace(step, phase=phase), submission.since)

    def sent(self, context: Context, submission: Submission, asker: Asker) -> OpenForm | None:
        """Keep what stands in it; None where it is kept, else the form with what came between.

        Raises:
            NotAllowed: The asker may not change what is set.
            Misfilled: With what is wrong, by field.
        """
        step = self._step(context, submission, asker)
        return self._keep(step, self.change(step, self.read(step)))

    def removed(self, context: Context, submission: Submission, asker: Asker) -> OpenForm | None:
        """Take away what it is about, as `sent`."""
        step = self._step(context, submission, asker)
        row = self.removal(step) if self.removal else None
        if row is None:
            return None
        return self._keep(replace(step, submission=replace(submission, inputs={})), [row])

    def read(self, step: FormStep) -> Answers:
        """What stands in its fields.

        Raises:
            Misfilled: With what is wrong, by field.
        """
        values: dict[str, str | float | None] = {}
        wrong: dict[str, PerfbotError] = {}
        for field in self.fields:
            try:
                values[field.name] = field.read(step)
            except PerfbotError as error:
                wrong[field.name] = error
        if wrong:
            raise Misfilled(wrong)
        return Answers(values)

    def _step(self, context: Context, submission: Submission, asker: Asker) -> FormStep:
        require(context, asker, "admin")
        read_campaigns = cache(lambda: campaigns(context, context.today(asker)))
        return FormStep(context, asker, submission, read_campaigns)

    def _shown(self, step: FormStep, since: int) -> OpenForm:
        form = self.draw(step)
        view = step.context.renderer(step.asker.language).modal(self.name, form=form)
        return OpenForm(view, since, form.pattern if isinstance(form, PlanForm) else None)

    def _keep(self, step: FormStep, rows: Sequence[PlanRow]) -> OpenForm | None:
        try:
            keep(step.context, rows, since=step.submission.since)
        except Overtaken as overtaken:
            news = changed(step.context, overtaken.event, step.asker)
            step = replace(step, phase=Phase.OVERTAKEN, news=news)
            return self._shown(step, version(step.context))
        return None
