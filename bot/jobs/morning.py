"""The story of a day: judge, write the digest. What is decided lands in the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.advice.rules.rulebook import Rulebook
from bot.context import context as plan
from bot.context.context import Context, nobody
from bot.domain.advice import Advised
from bot.features.outcomes import follow_up as outcomes
from bot.features.triage import lifecycle as resolving
from bot.jobs.shared_digests import SharedDigests
from bot.policy import schedule as quiet
from bot.render import Renderer, languages
from bot.settings import Settings
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.evaluation import JudgedMorning
from bot.snapshot.judged_shards import JudgedShards
from bot.snapshot.morning_days import HISTORY, KnownDays
from bot.snapshot.sharded import ShardedMorning
from bot.store.base import Outgoing, Store, Subscription
from bot.store.records import Lapsed
from bot.telemetry.metrics import JUDGING_SECONDS, timing

Clock = Callable[[], datetime]
NOTHING_SET = Settings()
MEANWHILE = "meanwhile"  # a board of nothing: new numbers make the store forget it, too


def refresh(  # noqa: PLR0913, PLR0917 - what a morning is judged by
    store: Store,
    rulebook: Rulebook,
    as_of: date,
    settings: Settings = NOTHING_SET,
    clock: Clock | None = None,
    earlier: JudgedShards | None = None,
) -> JudgedMorning:
    """Judge a morning: keep the plan, rebuild the boards, save the advice, read what is due.

    Everything is worked out first and saved together at the end, so that nobody waits for the
    store meanwhile. Where numbers or the plan change in between, it is worked out again. `earlier`
    is what a worker's mornings before came to.
    """
    context = _office(store, rulebook, settings, clock, as_of)
    plan.load(store, settings, today=as_of, at=context.clock())
    while True:
        store.save_board(MEANWHILE, as_of, ())
        shards = ShardedMorning.of(context, as_of)
        with timing(JUDGING_SECONDS, "rules"):  # first: shards are read one by one, beside nothing
            apart = judged.advised_apart(context, as_of, shards, earlier)
        with timing(JUDGING_SECONDS, "read"):
            days, packed = _days(context, as_of, shards)
        with timing(JUDGING_SECONDS, "boards"):
            rebuilt_boards = boards.rebuilt(context, as_of, days, packed)
        with timing(JUDGING_SECONDS, "rules"):
            advised = apart or judged.advised_in_one(context, as_of, days)
        with timing(JUDGING_SECONDS, "outcomes"):
            readings = outcomes.seen(context, as_of, days, packed)
        with store.atomic():
            if store.board(MEANWHILE, as_of) is not None:
                boards.keep(context, rebuilt_boards)
                worded = replace(context, renderers=_renderers(rulebook))
                return _saved(worded, as_of, advised, readings)


def _days(
    context: Context, as_of: date, shards: ShardedMorning | None
) -> tuple[KnownDays | None, ShardedMorning | None]:
    """The days of a small install, read at once; a big one in shards, to be read pack by pack."""
    if shards is not None and not shards.is_small:
        return None, shards
    return KnownDays.read(context, as_of, as_of - timedelta(HISTORY)), None


def _saved(
    context: Context,
    as_of: date,
    advised: Advised,
    readings: Sequence[outcomes.MeasuredMove],
) -> JudgedMorning:
    before = resolving.before(context.store, as_of)
    judgement = judged.save(
        context,
        as_of,
        advised,
        Lapsed(resolving.gone(context, advised, as_of), resolving.held(context, advised)),
    )
    messages = resolving.told(context, as_of, before)
    context.store.enqueue(list(quiet.later(context, messages)))
    resolving.keep_judged(context.store, as_of)
    outcomes.follow(context, as_of, readings)
    return judgement


def digest(  # noqa: PLR0913, PLR0917, what a digest is made of
    store: Store,
    rulebook: Rulebook,
    renderer: Renderer,
    subscription: Subscription,
    as_of: date,
    settings: Settings = NOTHING_SET,
    clock: Clock | None = None,
    *,
    channels_of: Callable[[str], Collection[str]] = nobody,
) -> list[Outgoing]:
    """A subscription's digest: the parent, then a thread message for each piece of advice.

    As `SharedDigests`, for one channel alone.
    """
    office = replace(_office(store, rulebook, settings, clock, as_of), channels_of=channels_of)
    return SharedDigests(office).digest(renderer, subscription, as_of)


def _renderers(rulebook: Rulebook) -> dict[str, Renderer]:
    return {name: Renderer(name, metrics=rulebook.metrics) for name in languages()}


def _office(
    store: Store, rulebook: Rulebook, settings: Settings, clock: Clock | None, as_of: date
) -> Context:
    early = datetime.combine(as_of, time(6), UTC)
    return Context(store, rulebook, {}, settings, clock or (lambda: early))
