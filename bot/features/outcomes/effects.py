"""What came of something somebody did: measured, being measured, not measured, or never done.

A move of money is measured against campaigns nobody touched. Of anything else the log says who did
it and when, and it is said that nothing is measured: never another deed's effect instead. All of
them together are `/perf outcomes` and `/perf tests`. How long a test must run before it can be read
is worked out of a campaign's own results, for a rise asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from bot.advice.experiment.design import LONGEST, days_for, needed_comparing
from bot.advice.outcome import pool
from bot.context.context import Context
from bot.domain.advice import Advice
from bot.domain.replies import Asker, Reply
from bot.errors import PerfbotError
from bot.features.measures.how_much import line_of, scene
from bot.features.outcomes.follow_up import known_on
from bot.features.parts.advice_cards import cards, names_on
from bot.features.parts.subjects import EVERYTHING, Subject
from bot.numbers.input.windows import parse_window
from bot.question.grammar import Question
from bot.question.slots import Slots
from bot.render.values.budget_moves import trial
from bot.render.values.conversation import ExperimentLength, StatedEffect
from bot.render.values.templates import Measured, OutcomeLine, OutcomeList, Tests
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.evaluation import ids_of
from bot.snapshot.naming import about
from bot.snapshot.verdicts import judged_by
from bot.store.base import Event, OutcomeRecord

MONEY = ("shift_budget", "raise_budget", "cut_budget", "run_test")
DEEDS = (
    (
        re.compile(r"\bcreative\w*|\bkreativ\w*|\bbilde\w*|\bimages?\b|\bvideos?\b|\bfatigue\w*"
                   r"|\bnew ads?\b|\bnye? annonse\w*|\brefresh\w*"),
        ("refresh_creative", "cap_frequency"),
    ),
    (re.compile(r"\blanding\w*|\b(?:new )?page\b|\bsiden\b"), ("fix_landing_page",)),
    (re.compile(r"\btrack\w*|\bspor(?:ing)\w*|\bpixel\w*|\bpiksel\w*"), ("check_tracking",)),
    (re.compile(r"\bpacing\b|\bpace\b|\btempo\b"), ("adjust_pacing",)),
    (re.compile(r"\bpaus\w*|\bstopp?\w*|\bstans\w*|\bturn\w* off|\bskru\w* av"), ("pause",)),
    (re.compile(r"\bmov(?:e[ds]?|ing)\b|\bshift\w*|\breallocat\w*|\bflytt\w*|\bomfordel\w*"
                r"|\bbudget\w*|\bbudsjett\w*|\bmoney\b|\bpenge\w*|\btests?\b|\btesten\b"
                r"|\b(?:giv\w+|gave|ga|gi|gitt) (?:\S+ ){0,2}?(?:more|extra|less|mer|mindre|"
                r"ekstra)\b"),
     MONEY),
    (
        re.compile(
            r"\b(?:audiences?|målgruppe\w*|bids?|bidding|bud(?:ene|et)?|keywords?|søkeord\w*|"
            r"headlines?|overskrift\w*|copy|tekst\w*|discounts?|rabatt\w*|offers?|tilbud\w*|"
            r"price (?:cut|change)\w*)\b"
        ),
        ("not_logged",),
    ),
)  # fmt: skip
TARGET = re.compile(r"\b(?:targets?|goals?|mål|målet|måltallet)\b")
_ANSWERED = re.compile(
    r"\b(?:acknowledg\w*|agree\w*|accept\w*|approv\w*|said yes|took on|godtok|godtatt|godkjen\w*|"
    r"bekreft\w*|enige?|sa ja|tok på)\b"
)
_IN_MONEY = re.compile(
    r"\b(?:how much money|in money|kr|nok|kroner|krona?|save[sd]?|saving\w*|spar(?:e|er|te|t)|"
    r"earn\w*|tjen\w*|gevinst\w*|gain\w*|mak(?:e|ing)|made|worth|verdt|profit\w*|lønn\w*)\b"
)
STEPS = {
    "advice.acknowledge": "taken",
    "advice.progress": "taken",
    "advice.dismiss": "dismissed",
    "advice.snooze": "snoozed",
}


def came_of(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """What came of what a sentence is about, and where it is not measured, what the log says."""
    message = context.renderer(asker.language).render(
        "effect", found=_effect(context, slots, asker, as_of)
    )
    return Reply(message.text, message.blocks)


def _effect(context: Context, slots: Slots, asker: Asker, as_of: date) -> StatedEffect:
    ends = slots.detail == "due" and TEST.search(slots.text)  # `when do i stop the test`
    actions = () if ends else deeds_in(slots.text)
    name = slots.things[0].title if slots.things else ""
    if TARGET.search(slots.text) and "pause" not in actions:
        return _of_target(context, slots, asker, name)
    ids = _ids(context, slots, as_of)
    if slots.detail == "record" or not actions or set(actions) & set(MONEY):
        moved = [
            record for record in _moved(context, ids, as_of) if _in(slots, record.frozen.on, as_of)
        ]
        if moved or (not ids and not actions and not _ANSWERED.search(slots.text)):
            return _measured(context, moved, slots, as_of)
    return _logged(context, slots, actions, asker, as_of)


def _in(slots: Slots, day: date, as_of: date) -> bool:
    """Whether something was answered on the days a sentence says it was; True where it says none.

    `what came of what I acknowledged yesterday`: not what anybody did another day.
    """
    if not slots.window or not _ANSWERED.search(slots.text):
        return True
    try:
        span = parse_window(slots.window, as_of)[0]
    except PerfbotError:
        return True
    return span.since <= day <= span.until


TEST = re.compile(r"\btest(?:s|en|er|ene)?\b")


def deeds_in(text: str) -> tuple[str, ...]:
    """The actions a casefolded sentence is about; none where it does not say which."""
    return next((actions for pattern, actions in DEEDS if pattern.search(text)), ())


def _ids(context: Context, slots: Slots, as_of: date) -> set[str]:
    """Of everything it names; empty where it names nothing."""
    figures = boards.figures(context, as_of, "28d")
    return ids_of([row for each in slots.things for row in Subject.of(each).rows(figures)])


def _moved(context: Context, ids: Collection[str], as_of: date) -> list[OutcomeRecord]:
    """Acknowledged moves, of some campaigns or of all, newest first."""
    known = [one for one in known_on(context.store, as_of) if one.state != "void"]
    of_them = [one for one in known if not ids or set(ids) & set(_treated(one))]
    return sorted(of_them, key=lambda one: one.frozen.on, reverse=True)


def _treated(record: OutcomeRecord) -> tuple[str, ...]:
    return tuple(one.campaign_id for one in record.frozen.treated)


def _measured(
    context: Context, moved: Sequence[OutcomeRecord], slots: Slots, as_of: date
) -> StatedEffect:
    """Moves that were read, newest first, else the day the next one is."""
    names = names_on(context, as_of)
    read = [one.outcome for one in known_on(context.store, as_of) if one.outcome]
    pooled = pool(read)
    lines = tuple(
        OutcomeLine(
            Measured(one.outcome, one.frozen.kind, pooled, max(0, pooled.count - 1)),
            tuple(names.get(each, each) for each in _treated(one)),
        )
        for one in moved
        if one.outcome
    )
    waiting = [one.frozen.read_on for one in moved if not one.outcome]
    kind = "measured" if lines else "waiting" if waiting else "nothing"
    return StatedEffect(
        kind,
        _about(slots),
        lines,
        read_on=min((day for day in waiting if day >= as_of), default=None),
        due=slots.intent == "when",
        money=slots.detail == "saved" or _IN_MONEY.search(slots.text) is not None,
    )


def _about(slots: Slots) -> str:
    return slots.things[0].title if slots.things else ""


def _logged(
    context: Context, slots: Slots, actions: Sequence[str], asker: Asker, as_of: date
) -> StatedEffect:
    """What the log says somebody answered to such advice; nothing where nobody did."""
    event = _answer(context, slots, actions, asker, as_of)
    if event is None:
        return StatedEffect("nothing", _about(slots), due=slots.intent == "when")
    record = context.store.advice(event.subject)
    day = event.at.astimezone(context.zone(asker)).date()
    return StatedEffect(
        STEPS[event.kind],
        _about(slots),
        who=context.person(event.actor),
        day=day,
        days=(as_of - day).days,
        reason=str(event.details.get("reason") or ""),
        cards=cards(
            context,
            [record] if record else [],
            names_on(context, as_of),
            context.zone(asker),
            channel=asker.channel,
        ),
    )


def _answer(
    context: Context, slots: Slots, actions: Sequence[str], asker: Asker, as_of: date
) -> Event | None:
    """The newest answer to advice of these actions (any, where none is named) about them."""
    ids = _ids(context, slots, as_of)
    agreed = _ANSWERED.search(slots.text) is not None
    kinds = [kind for kind, step in STEPS.items() if not agreed or step == "taken"]
    for event in context.store.history(kinds=kinds):
        record = context.store.advice(event.subject)
        if record is None or (ids and not ids & set(record.advice.campaign_ids)):
            continue
        day = event.at.astimezone(context.zone(asker)).date()
        if (not actions or record.advice.action in actions) and _in(slots, day, as_of):
            return event
    return None


def _of_target(context: Context, slots: Slots, asker: Asker, name: str) -> StatedEffect:
    """A changed target changes what is judged, and no result: nothing is measured of it."""
    for event in context.store.history(kinds=("plan.set",)):
        patterns = map(str, event.details.get("after") or ())
        if any(not name or name.casefold() in each.casefold() for each in patterns):
            day = event.at.astimezone(context.zone(asker)).date()
            return StatedEffect("target", name, who=context.person(event.actor), day=day)
    return StatedEffect("nothing", _about(slots))


def outcomes(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """Acknowledged moves that were measured, newest first, and how many still wait.

    Raises:
        UnknownName: The subject is neither a channel nor a campaign.
    """
    figures = boards.figures(context, as_of, "28d")
    ids = ids_of(about(figures, question.subject)[1]) if question.subject else set()
    names = names_on(context, as_of)
    records = [record for record in known_on(context.store, as_of) if record.state != "void"]
    subject_records = [
        record for record in records if not question.subject or ids & set(_treated(record))
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
                tuple(names.get(campaign_id, campaign_id) for campaign_id in _treated(record)),
            )
            for record in measured
            if record.outcome
        ),
        waiting=len(waiting),
        next_on=min((day for day in waiting if day >= as_of), default=None),
    )
    message = context.renderer(asker.language).render("outcomes", found=summary)
    return Reply(message.text, message.blocks)


def tests(context: Context, _question: Question, asker: Asker, as_of: date) -> Reply:
    """Tests that are advised this morning, and those somebody took on that are not read yet."""
    read = {record.frozen.advice_id for record in known_on(context.store, as_of) if record.outcome}
    advised = [
        record for record in judged.judged(context, as_of).shown if _is_test(record.advice, as_of)
    ]
    advised_ids = {record.advice.id for record in advised}
    accepted = [
        record
        for state in judged.RUNNING
        for record in context.store.all_advice(state=state)
        if record.advice.id not in {*advised_ids, *read} and _is_test(record.advice, as_of)
    ]
    names, zone = names_on(context, as_of), context.zone(asker)
    test_cards = cards(context, [*advised, *accepted], names, zone, channel=asker.channel)
    message = context.renderer(asker.language).render("tests", found=Tests(test_cards))
    return Reply(message.text, message.blocks)


def _is_test(advice: Advice, as_of: date) -> bool:
    """A test of one campaign's budget, or a move between campaigns that is one."""
    return advice.action == "run_test" or trial(advice, as_of) is not None


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
