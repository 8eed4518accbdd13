"""How things stand: `/perf pacing`, `sources`, `targets`, `rules` and `settings`.

How far the numbers of each source and account can be believed is read here for every view.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from types import MappingProxyType
from typing import Any

from bot.advice.rules.explain import cells_of
from bot.advice.rules.rulebook import Rule, Rulebook
from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Reply
from bot.errors import UnknownName
from bot.features import owning
from bot.features.parts import pacing as pace
from bot.features.parts.figures_shown import complete_until, month_holes
from bot.features.parts.reporting import rates_of, shown, shown_days
from bot.features.reports.channel import Group
from bot.numbers.input.daily import match_channel
from bot.numbers.input.history import Feed
from bot.numbers.plan import PlanEntry
from bot.numbers.pull_health import with_hours, with_pulls
from bot.numbers.source_health import FaultKind, FeedFault, FeedHealth
from bot.policy.schedule import form_of, zone_named
from bot.question.grammar import Question
from bot.question.vocabulary import LANGUAGE_OF, STAGE_OF
from bot.render.values.news import ResultWindows, ShownFault, SourceLine
from bot.render.values.templates import (
    PlanTargets,
    RuleLine,
    Rules,
    SettingsView,
    Sources,
    TargetLine,
)
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.counted_within import known
from bot.snapshot.days_due import due_on
from bot.snapshot.feed_health import COLUMNS, schema_changes, short_days
from bot.snapshot.naming import find_campaign, no_numbers, title

JUST_NOW = timedelta(1)
NOBODY_SAYS: Mapping[Feed, ResultWindows] = MappingProxyType({})
DIGEST: tuple[FaultKind, ...] = ("late", "partial", "scaled", "hours", "restated", "schema")
"""What only this says in a digest: failures, gaps and doubles have lines of their own there."""


def health(context: Context, as_of: date) -> tuple[FeedHealth, ...]:
    """Every source and account, what is wrong with it the worst first."""
    pulls = [pull for pull in context.store.pulls() if pull.pulled_at.date() <= as_of]
    came = context.store.preference(COLUMNS)
    changes = schema_changes(came, as_of)
    due = due_on(context, as_of)
    feeds = with_pulls(boards.health(context, as_of), pulls, changes, as_of, due)
    return with_hours(feeds, short_days(came, as_of))


def counted(context: Context, as_of: date) -> dict[Feed, ResultWindows]:
    """Within how many days results are counted, by channel and account, where a platform says."""
    return {
        account: ResultWindows(
            found.now, date.fromisoformat(found.since) if found.since else None, found.before
        )
        for account, setting in known(context.store).items()
        if (found := setting.on(as_of)).now
    }


def lines(
    feeds: Iterable[FeedHealth], windows: Mapping[Feed, ResultWindows] = NOBODY_SAYS
) -> tuple[SourceLine, ...]:
    """The same as people read it: those with faults first."""
    all_feeds = tuple(feeds)
    names = _names(all_feeds)
    shown_lines = [
        SourceLine(
            names[feed],
            feed.source if feed.pulled_at and feed.channels else "",  # a file's name is nobody's
            feed.until,
            tuple(_shown(fault, names[feed]) for fault in feed.faults),
            next(
                (
                    windows[channel, feed.account_id]
                    for channel in feed.channels
                    if (channel, feed.account_id) in windows
                ),
                None,
            ),
        )
        for feed in all_feeds
    ]
    return tuple(sorted(shown_lines, key=lambda line: (not line.faults, line.name)))


def doubtful(
    context: Context, figures: Figures, late_channels: Collection[str]
) -> tuple[ShownFault, ...]:
    """What changes how far a digest's numbers may be believed, and no other line of it says.

    Args:
        context: The store.
        figures: The board of the days the digest is about.
        late_channels: Titles of channels that are said to be late.
    """
    all_feeds = health(context, figures.as_of)
    names = _names(all_feeds)
    return tuple(
        _shown(fault, names[feed])
        for feed in all_feeds
        if not late_channels
        or not {title(channel) for channel in feed.channels} <= {*late_channels}
        for fault in feed.faults
        if fault.kind in DIGEST and _is_news(fault, figures)
    )


def _is_news(fault: FeedFault, figures: Figures) -> bool:
    """Whether it is about the digest's days, or was known only this morning."""
    if fault.kind in {"partial", "scaled", "hours"}:
        return fault.touches(figures.before.since, figures.now.until)
    if fault.kind == "restated":
        return fault.since is not None and figures.as_of - fault.since <= JUST_NOW
    if fault.kind == "schema" and not fault.lost and not fault.retyped:  # what is new lacks nothing
        return fault.since is not None and figures.as_of - fault.since <= JUST_NOW
    return True


def _names(feeds: Collection[FeedHealth]) -> dict[FeedHealth, str]:
    """`Google`, with its account where the channel has several; a source's own without channels."""
    accounts = Counter(channel for feed in feeds for channel in feed.channels)
    return {feed: _name(feed, accounts) for feed in feeds}


def _name(feed: FeedHealth, accounts: Counter[str]) -> str:
    if not feed.channels:
        return f"{feed.source} {feed.account_id}".strip()
    together = ", ".join(map(title, feed.channels))
    several = any(accounts[channel] > 1 for channel in feed.channels)
    return f"{together} {feed.account_id}".strip() if several else together


def _shown(fault: FeedFault, name: str) -> ShownFault:
    """A fault of an account; what repeats another of its own channel names both accounts."""
    if fault.original is None:
        return ShownFault(name, fault)
    if fault.within:
        return ShownFault(name, fault)
    channel, account = fault.original
    same = name.startswith(title(channel))
    original = f"{title(channel)} {account}".strip() if same else title(channel)
    return ShownFault(name, fault, original)


def pacing(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """How every monthly budget goes: of all, of a channel, a client, an account or a campaign.

    By account, client or channel each has a line, those without a budget as well.

    Raises:
        UnknownName: Nobody is called so; the nearest are named.
        NoNumbers: Nothing is stored.
    """
    month, four = (shown(context, boards.figures(context, as_of, each)) for each in ("mtd", "28d"))
    if not four.rows:
        raise no_numbers(context, as_of)
    by, name = pace.grouping(question.subject.split())
    boards_read, days = (month, four), shown_days(boards.paced(context, as_of), four)
    if question.subject and (name or not by):
        month, four = _narrowed(boards_read, _asked(four, question.subject, by, name))
    paced = pace.lines(month, days, context.plan(as_of))
    if by:
        groups = pace.by_account(
            month, four, days, by, known=(*boards_read[0].rows, *boards_read[1].rows)
        )
        paced = replace(paced, groups=groups)
    channels = dict.fromkeys(row.channel for row in month.rows if row.monthly_budget)
    paced = replace(paced, holes=month_holes(month, channels), rates=rates_of(context, month))
    return _said(context, asker, "pacing", paced)


def _asked(four: Figures, subject: str, by: str, name: str) -> list[CampaignRow]:
    """The campaigns of a client, an account, a channel, or the one called so."""
    if by in {"account", "client"}:
        return pace.grouped(four.rows, by, name)
    group = _group(four, name or subject)
    return [row for row in four.rows if row.group_of(group.by) == group.key]


def _narrowed(
    months: tuple[Figures, Figures], rows: Collection[CampaignRow]
) -> tuple[Figures, Figures]:
    """Both boards with these campaigns, and with those that spend of the same budgets."""
    entities, entries = {row.entity for row in rows}, {row.entry for row in rows if row.entry}
    month, four = (
        replace(
            figures,
            rows=tuple(
                row
                for row in figures.rows
                if row.entity in entities or (row.monthly_budget and row.entry in entries)
            ),
        )
        for figures in months
    )
    return month, four


def _group(figures: Figures, subject: str) -> Group:
    channels = list(dict.fromkeys(row.channel for row in figures.rows))
    try:
        channel = match_channel(subject, channels)
    except UnknownName:
        row = find_campaign(figures, subject)
        return Group("entity", row.entity, row.label, "")
    return Group("channel", channel, title(channel), "")


def sources(context: Context, _question: Question, asker: Asker, as_of: date) -> Reply:
    """How far the numbers of each source and account can be believed, and what to do."""
    feeds = health(context, as_of)
    pulled, until = bool(context.store.pulls()), complete_until(context, as_of)
    overview = Sources(lines(feeds, counted(context, as_of)), until, pulled)
    return _said(context, asker, "sources", overview)


def targets(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """The plan as it stands: what each pattern is for, its target and its budget."""
    plan = context.plan(as_of)
    search_text = question.subject.casefold()
    lines = [
        _target(context, entry, plan.currency)
        for entry in plan.valid(as_of)
        if search_text in f"{entry.match} {entry.channel or ''} {entry.stage or ''}".casefold()
    ]
    priced = [line for line in lines if line.metric == question.metric and line.target is not None]
    missing = question.metric if question.metric and not priced else ""
    return _said(context, asker, "targets", PlanTargets(tuple(priced or lines), missing))


def _target(context: Context, entry: PlanEntry, currency: str | None) -> TargetLine:
    stage, model = entry.stage or "", entry.pricing_model or ""
    metric = context.judges.get((stage, model), "")
    target: Any = entry.target
    if isinstance(target, Mapping):
        metric, target = next(iter(target.items()), (metric, None))
    return TargetLine(
        pattern=entry.match,
        channel=title(entry.channel) if entry.channel else "",
        stage=stage,
        pricing=model,
        target=None if target is None else float(target),
        metric=metric,
        budget=None if entry.monthly_budget is None else float(entry.monthly_budget),
        currency=currency,
    )


def rules(context: Context, question: Question, asker: Asker, _as_of: date) -> Reply:
    """The rules: all, those of a stage, or one in full.

    Raises:
        UnknownName: Neither a stage nor a rule; the nearest rules are named.
    """
    book, subject = context.rulebook, question.subject.strip()
    spoken = [rule for rule in book.rules if not rule.silent]
    stage = STAGE_OF.get(subject.casefold(), "")
    if stage:
        spoken = [rule for rule in spoken if not rule.stages or stage in rule.stages]
    elif subject:
        spoken = [_rule(subject, spoken)]
    rule_list = Rules(tuple(_line(rule, book) for rule in spoken), stage, book.version)
    return _said(context, asker, "rules", rule_list)


def _rule(subject: str, candidates: Sequence[Rule]) -> Rule:
    by_name = {name.casefold(): rule for rule in candidates for name in (rule.title, rule.id)}
    if subject.casefold() in by_name:
        return by_name[subject.casefold()]
    close = difflib.get_close_matches(subject.casefold(), list(by_name), n=3, cutoff=0.4)
    raise UnknownName("rule", subject, tuple(dict.fromkeys(by_name[name].id for name in close)))


def _line(rule: Rule, book: Rulebook) -> RuleLine:
    return RuleLine(
        rule.id, rule.title, rule.why, rule.stages, rule.severity, tuple(rule.when),
        tuple(cell.numbers for cell in cells_of(rule, book)), rule.sure, rule.source,
        rule.version,
    )  # fmt: skip


def settings(context: Context, words: Sequence[str], asker: Asker, *, dry: bool) -> Reply:
    """What holds for the asker; a language or a time zone among the words is kept as theirs.

    `client NAME` says whose the channel is (`bot.features.owning`).

    Raises:
        UnknownName: A word that is neither.
    """
    chosen: dict[str, str] = {}
    about_client = bool(words) and words[0].casefold() in owning.CLIENT
    owned = about_client and len(words) > 1
    if owned:
        owning.set_client(context, words[1:], asker, dry=dry)
    for word in () if about_client else words:
        folded_word = word.strip('",').casefold()
        if folded_word in LANGUAGE_OF:
            chosen["language"] = LANGUAGE_OF[folded_word]
        elif zone := zone_named(word.strip('",')):
            chosen["time_zone"] = zone
        else:
            raise UnknownName("setting", word.strip('"'), ())
    if chosen and not dry:
        context.store.set_preference(asker.user, **chosen)
    language = chosen.get("language", asker.language)
    now = replace(asker, language=language, time_zone=chosen.get("time_zone", asker.time_zone))
    view = SettingsView(
        language=context.language(now.language),
        time_zone=context.zone(now).key,
        digests=tuple(
            (*form_of(subscription), time.fromisoformat(subscription.time))
            for subscription in context.store.subscriptions()
            if subscription.channel == asker.channel
        ),
        changed=owned or bool(chosen),
        preview=(owned or bool(chosen)) and dry,
        client=owning.shown(context, asker),
    )
    return _said(context, now, "settings", view)


def _said(context: Context, asker: Asker, template: str, view: object) -> Reply:
    message = context.renderer(asker.language).render(template, found=view)
    return Reply(message.text, message.blocks)
