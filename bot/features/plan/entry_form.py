"""The form of a plan entry: stage, model, target, budget and owner of a campaign pattern."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from zlib import crc32

from bot.context.context import SLACK, values_of
from bot.errors import UsageError
from bot.features.plan.amounts import as_typed
from bot.features.plan.entries import (
    SLACK_USER,
    StandingEntry,
    channels,
    currency_of,
    fitting,
    matched,
    next_position,
    target_of,
    together,
    valid_from,
)
from bot.features.plan.form import (
    Answers,
    Field,
    FieldKind,
    FormStep,
    Misfilled,
    Phase,
    SettingForm,
)
from bot.numbers.input.names import normal_name
from bot.render.values.plans import PlanForm
from bot.store.base import PlanRow

CHANNEL, PATTERN = "plan.channel", "plan.pattern"
STAGE, PRICING, TARGET = "plan.stage", "plan.pricing", "plan.target"
BUDGET, OWNER = "plan.budget", "plan.owner"
LONGEST = 200


class SlackUsers(Container[str]):
    """Everybody who may be a member of Slack."""

    def __contains__(self, user: object) -> bool:
        return bool(SLACK_USER.fullmatch(str(user)))


def _stages(step: FormStep) -> Container[str]:
    return {stage for stage, _ in step.context.judges}


def _pricings(step: FormStep) -> Container[str]:
    return {pricing for _, pricing in step.context.judges}


def _users(_step: FormStep) -> Container[str]:
    return SlackUsers()


def _minor(step: FormStep) -> int:
    """As exact as the money of the campaigns it is about."""
    selection = fitting(step.campaigns, _pattern(step))
    return step.context.renderer(step.asker.language).speech.forms.minor(currency_of(selection))


def _pattern(step: FormStep) -> str:
    """Of the entry it is about, else as it is written; "" while nothing is."""
    channel, name = step.submission.text(CHANNEL), step.submission.text(PATTERN)
    return step.submission.pattern or (together(channel, name) if channel or name else "")


def _standing(step: FormStep) -> StandingEntry | None:
    pattern = _pattern(step)
    return step.entries.get(normal_name(pattern)) if pattern else None


def _draw(step: FormStep) -> PlanForm:
    """What holds now; what was already filled in stays."""
    current_entry = _standing(step)
    form = _new(step) if current_entry is None else _of_entry(step, current_entry)
    selection = fitting(step.campaigns, form.pattern) if form.pattern else step.campaigns
    form = replace(form, channels=channels(step.campaigns), currency=currency_of(selection))
    if step.phase is Phase.LOOKED:
        return _looked(step, form)
    if step.news is None:
        return form
    turn = _turn(_pattern(step)) if step.submission.inputs else "again"  # nothing typed stays
    return replace(form, news=step.news, turn=turn)


def _looked(step: FormStep, form: PlanForm) -> PlanForm:
    """With the campaigns it is about; a pattern that is in the plan turns into its entry's form."""
    pattern = _pattern(step)
    return replace(
        form,
        again=bool(form.pattern and not step.submission.pattern),
        turn=_turn(form.pattern) if form.pattern else "0",
        matched=matched(fitting(step.campaigns, pattern), form.pattern) if pattern else None,
    )


def _new(step: FormStep) -> PlanForm:
    inputs = step.submission
    return PlanForm(
        stage=inputs.text(STAGE),
        pricing=inputs.text(PRICING),
        target=inputs.text(TARGET),
        budget=inputs.text(BUDGET),
        owner_id=inputs.text(OWNER),
        typed=inputs.text(PATTERN),
    )


def _of_entry(step: FormStep, current_entry: StandingEntry) -> PlanForm:
    entry, inputs = current_entry.entry, step.submission
    stage, pricing, owner = entry.stage or "", entry.pricing_model or "", entry.owner or ""
    metric, target = target_of(entry, step.context.judges.get((stage, pricing), ""))
    return PlanForm(
        pattern=entry.match,
        stage=inputs.text(STAGE) or stage,
        pricing=inputs.text(PRICING) or pricing,
        target=inputs.text(TARGET) or as_typed(target),
        judged=metric,
        budget=inputs.text(BUDGET) or as_typed(entry.monthly_budget),
        owner=step.context.person(owner) if owner else "",
        owner_id=inputs.text(OWNER) or (owner if owner in SlackUsers() else ""),
        origin=current_entry.origin,
        removable=current_entry.origin != "file",
    )


def _turn(pattern: str) -> str:
    """Short, and another for each entry."""
    return f"{crc32(pattern.encode()):x}"


def _change(step: FormStep, answers: Answers) -> Sequence[PlanRow]:
    """The entry as it says from now on."""
    pattern, current_entry = _checked_pattern(step), _standing(step)
    values = _values(step, current_entry, answers)
    if not values:
        empty = UsageError("The entry says nothing yet.", hint="Fill in one of the fields.")
        raise Misfilled({STAGE: empty})
    return [_row(step, current_entry, pattern, values)]


def _checked_pattern(step: FormStep) -> str:
    pattern = _pattern(step)
    if not pattern:
        missing = UsageError(
            "I need to know which campaigns it is about.",
            hint="Write a name or a pattern like brand*.",
        )
        raise Misfilled({PATTERN: missing})
    if len(pattern) > LONGEST and not step.submission.pattern:
        raise Misfilled({PATTERN: UsageError("That is too long for a pattern.")})
    return pattern


def _values(
    step: FormStep, current_entry: StandingEntry | None, answers: Answers
) -> Mapping[str, object]:
    """What the entry says: each field as it was answered, what no field shows as it was."""
    answered = {field.writes: answers.of(field.name) for field in ENTRY.fields if field.writes}
    judge = step.context.judges.get((answers.text(STAGE), answers.text(PRICING)), "")
    stored_values = values_of(current_entry.entry) if current_entry else {}
    values: Mapping[str, object] = {
        **stored_values,
        **answered,
        "target": _target(current_entry, answers.number(TARGET), judge),
        "owner": answers.of(OWNER) or _unlisted_owner(current_entry),
    }
    return {name: value for name, value in values.items() if value is not None}


def _target(
    current_entry: StandingEntry | None, value: float | None, judge: str
) -> float | Mapping[str, float] | None:
    """The target to keep: of several metrics only the one that was shown is replaced."""
    targets = current_entry.entry.target if current_entry else None
    if current_entry is None or not isinstance(targets, Mapping):
        return value
    shown_metric, _ = target_of(current_entry.entry, judge)
    kept_targets = {metric: target for metric, target in targets.items() if metric != shown_metric}
    kept_targets |= {shown_metric: value} if value is not None else {}
    return kept_targets or None


def _unlisted_owner(current_entry: StandingEntry | None) -> str | None:
    """An owner who is no member of Slack cannot be shown in the menu: left as it is."""
    owner = current_entry.entry.owner if current_entry else None
    return owner if owner and owner not in SlackUsers() else None


def _removal(step: FormStep) -> PlanRow | None:
    """Where the entry was made in Slack; the file's of its pattern holds again."""
    current_entry = _standing(step) if step.submission.pattern else None
    if current_entry is None or current_entry.origin == "file":
        return None
    return _row(step, current_entry, current_entry.entry.match, {})


def _row(
    step: FormStep, current_entry: StandingEntry | None, pattern: str, values: Mapping[str, object]
) -> PlanRow:
    context, asker = step.context, step.asker
    origin = current_entry.origin if current_entry and current_entry.origin != "file" else SLACK
    position = current_entry.position if current_entry else next_position(context)
    today = valid_from(context, asker)
    return PlanRow(pattern, values, today, asker.user, context.clock(), origin, position)


ENTRY = SettingForm(
    name="plan",
    fields=(
        Field(PATTERN),
        Field(CHANNEL, FieldKind.CHOICE),
        Field(STAGE, FieldKind.CHOICE, writes="stage", choices=_stages),
        Field(PRICING, FieldKind.CHOICE, writes="pricing_model", choices=_pricings),
        Field(TARGET, FieldKind.MONEY, writes="target"),
        Field(BUDGET, FieldKind.MONEY, writes="monthly_budget", decimals=_minor),
        Field(OWNER, FieldKind.CHOICE, writes="owner", choices=_users),
    ),
    draw=_draw,
    change=_change,
    removal=_removal,
)
