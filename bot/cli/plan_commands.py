"""`perfbot plan check|export` and `perfbot clients`: what campaigns are for, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import click

from bot.ask import Asker, Door
from bot.cli.door import LANGUAGE, in_words
from bot.cli.options import as_of_option, everywhere, format_option
from bot.cli.parts import CommandParts, now, reading, writing
from bot.cli.plain_text import as_json, said, table
from bot.context.context import entries, entry_of, load, values_of
from bot.domain.campaign_rows import CampaignRow
from bot.features import owning
from bot.numbers.input.daily import campaigns_only, known_on
from bot.numbers.input.names import normal_name
from bot.numbers.metrics.board import campaigns_of
from bot.numbers.metrics.board_targets import records
from bot.numbers.plan import PlanEntry, matches
from bot.numbers.targets import stated
from bot.render.escaping import flat
from bot.render.phrases import Phrases
from bot.sentences import Sentence
from bot.snapshot import boards
from bot.snapshot.stated_targets import FarTarget, far_targets
from bot.store.scope import ALL

LOOK_BACK = timedelta(days=91)


@click.group("plan")
def plan_command() -> None:
    """What the campaigns are for: check it against the numbers, or export it."""


@plan_command.command("check")
@as_of_option
@format_option
@everywhere
def check(as_of: date | None, form: str, db: str | None, config: str | None) -> int:
    """Every campaign with its stage and model and where they come from, and what is odd."""
    with reading(db, config) as parts:
        day = parts.morning(as_of)
        rows, units = _campaigns(parts, day), TargetUnits(parts)
        odd = [*_oddities(parts, rows, day), *units.far(day)]
        listed = [[*_line(row, units)] for row in sorted(rows, key=_by_channel)]
    if form == "json":
        column_names = (
            "channel",
            "campaign_id",
            "campaign_name",
            "stage",
            "pricing_model",
            "because",
        )
        as_json(
            {
                "campaigns": [
                    {name: row.columns[name] for name in column_names}
                    | {"target": units.stated(row)}
                    for row in rows
                ],
                "odd": odd,
            }
        )
    else:
        said(_plan_text(listed, odd))
    return 1 if odd else 0


def _campaigns(parts: CommandParts, as_of: date) -> list[CampaignRow]:
    numbers = parts.store.numbers(as_of - LOOK_BACK, as_of - timedelta(days=1), as_of=as_of)
    if numbers.empty:
        return []
    campaigns = campaigns_of(campaigns_only(known_on(numbers, as_of)))
    resolved = parts.context.plan(as_of).resolve(campaigns, as_of)
    table = resolved.assign(source_channel=campaigns["channel"])
    return [CampaignRow(values) for values in records(table)]


def _oddities(parts: CommandParts, rows: Sequence[CampaignRow], as_of: date) -> Iterator[str]:
    if not rows:
        yield "There are no numbers to check the plan against: import or pull some."
    for row in rows:
        if not row.stage:
            yield f"{_name(row)} has no stage: it gets no stage advice."
        elif not row.pricing_model:
            yield f"{_name(row)} has no pricing model: it gets no stage advice."
    yield from _unmatched(parts.context.plan(as_of).entries, rows)
    yield from _nameless(rows)
    yield from _differences(parts)


def _unmatched(plan: Sequence[PlanEntry], rows: Sequence[CampaignRow]) -> Iterator[str]:
    for entry in plan if rows else ():
        if not any(_fits(entry, row) for row in rows):
            yield f'The plan\'s pattern "{entry.match}" fits no campaign.'


def _fits(entry: PlanEntry, row: CampaignRow) -> bool:
    name = str(row.campaign_name or row.campaign_id)
    return matches(entry.match, str(row.columns["source_channel"]), name)


def _nameless(rows: Sequence[CampaignRow]) -> Iterator[str]:
    """A campaign without an id whose name two campaigns with one have: which is it?"""
    names: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        key = (row.channel, normal_name(row.campaign_name))
        names.setdefault(key, []).append(row.campaign_id)
    for (channel, name), ids in names.items():
        if name in ids and len(ids) > 1:
            other_ids = ", ".join(campaign_id for campaign_id in ids if campaign_id != name)
            share = f"campaigns {other_ids} share it"
            yield f'"{name}" in {channel} has rows without an id, and {share}.'


def _differences(parts: CommandParts) -> Iterator[str]:
    """Where an entry made in Slack wins over one of the file."""
    slack = [entry_of(row) for row in parts.store.plan_rows() if row.origin == "slack"]
    file = {normal_name(entry.match): values_of(entry) for entry in entries(parts.settings)}
    for entry in slack:
        slack_values, theirs = values_of(entry), file.get(normal_name(entry.match))
        if theirs is not None and theirs != slack_values:
            yield f'"{entry.match}" says something else in Slack than in perfbot.toml; Slack wins.'


def _name(row: CampaignRow) -> str:
    return str(row.campaign_name or row.campaign_id)


@dataclass(frozen=True)
class TargetUnits:
    """Targets with what each is a price of, as the campaign is judged: `$2 a sale`."""

    parts: CommandParts

    @property
    def phrases(self) -> Phrases:
        return self.parts.context.renderer(LANGUAGE.get()).phrases

    def stated(self, row: CampaignRow) -> dict[str, float]:
        """What the plan says, by the metric it is a target of; empty where nobody can tell."""
        target = row.columns["target"]
        judge = self.parts.context.judges.get((row.stage or "", row.pricing_model or ""))
        return stated(target, judge)

    def said(self, row: CampaignRow) -> str:
        """Every target of a campaign with its unit; a plain number without a stage has none."""
        if row.columns["target"] is None:
            return "–"
        priced = [self._price(value, name, row) for name, value in self.stated(row).items()]
        words = ", ".join(priced)
        if not words:
            text = Sentence(
                "%(number)s of what? It has no stage", number=f"{row.columns['target']:g}"
            )
            words = in_words(text)
        if row.target_from == "platform":
            words = in_words(Sentence("%(target)s (the platform's bid)", target=words))
        return words

    def far(self, as_of: date) -> Iterator[str]:
        """A question for each target far off what a result costs."""
        last_day = self.parts.store.last_day(as_of)
        day = (
            min(as_of, last_day + timedelta(1)) if last_day else as_of
        )  # of numbers that ended too
        rows = boards.figures(self.parts.context, day, "28d").rows
        for far in far_targets(rows, self.parts.rulebook):
            yield self._asked(far)

    def _asked(self, far: FarTarget) -> str:
        row, target = far.row, self._price(far.target, far.metric, far.row)
        if far.at_least:
            cost = Sentence("%(money)s was spent without one", money=self._money(far.actual, row))
        else:
            price = self._price(far.actual, far.metric, row)
            cost = Sentence("it is %(price)s, %(times)s times off", price=price,
                            times=f"{far.times:,.0f}")  # fmt: skip
        question = Sentence("Is that meant?")
        if far.meant:
            likely = self._price(far.meant_price, far.meant, row)
            fix = f"target = {{{far.meant} = {far.target:g}}}"
            text = "It pays %(price)s: if that is meant, write %(fix)s."
            question = Sentence(text, price=likely, fix=fix)
        text = "%(name)s: the plan says %(target)s, and %(cost)s. %(question)s"
        return in_words(
            Sentence(text, name=_name(row), target=target, cost=cost, question=question)
        )

    def _price(self, value: float | None, metric: str, row: CampaignRow) -> str:
        definition = self.parts.rulebook.metrics.get(metric)
        currency = row.currency if definition and definition.unit == "money" else None
        return flat(self.phrases.price(value, metric, currency))

    def _money(self, value: float, row: CampaignRow) -> str:
        return self.phrases.forms.money(value, row.currency)


def _by_channel(row: CampaignRow) -> tuple[str, str]:
    return row.channel, _name(row)


def _line(row: CampaignRow, units: TargetUnits) -> Iterator[str]:
    yield from (_name(row), row.channel, str(row.stage or "–"), str(row.pricing_model or "–"))
    yield from (units.said(row), row.because)


def _plan_text(listed: Sequence[Sequence[str]], odd: Sequence[str]) -> str:
    heads = ["Campaign", "Channel", "Stage", "Model", "Target", "Known from"]
    parts = [table(heads, listed)] if listed else []
    parts += ["\n".join(f"! {oddity}" for oddity in odd) if odd else "Nothing is odd."]
    return "\n\n".join(parts)


@plan_command.command("export")
@as_of_option
@everywhere
def export(as_of: date | None, db: str | None, config: str | None) -> None:
    """The plan as it holds, as TOML for perfbot.toml."""
    with reading(db, config) as parts:
        plan_entries = parts.context.plan(parts.morning(as_of)).entries
    said("\n\n".join(_toml(entry) for entry in plan_entries) or "# The plan is empty.")


def _toml(entry: PlanEntry) -> str:
    pairs = {"match": entry.match, **values_of(entry)}
    return "\n".join(["[[plan]]", *(f"{name} = {_value(value)}" for name, value in pairs.items())])


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_value(item)}" for name, item in value.items()) + "}"
    if isinstance(value, str):
        return '"' + value.translate(ESCAPES) + '"'
    return repr(value)


ESCAPES = {ord('"'): '\\"', ord("\\"): "\\\\"} | {
    code: f"\\u{code:04x}" for code in (*range(32), 127)
}


TEAM = "the team: every client"
NOBODY = "nobody: the team alone"


@click.group("clients", invoke_without_command=True)
@format_option
@everywhere
@click.pass_context
def clients_command(ctx: click.Context, form: str, db: str | None, config: str | None) -> None:
    """Whose campaigns there are, and which Slack channels show them."""
    if ctx.invoked_subcommand is None:
        with reading(db, config) as parts:
            listing = _found(parts)
        as_json(listing) if form == "json" else said(_clients_text(listing))


@clients_command.command("set")
@click.argument("channel")
@click.argument("client")
@everywhere
def set_(channel: str, client: str, db: str | None, config: str | None) -> None:
    """Say that the channel with this id shows CLIENT; `all` for the team's own, or `none`."""
    with writing(db, config) as parts:
        parts.store.upgrade()
        load(parts.store, parts.settings, today=parts.morning(None), at=now())
        asker = Asker("terminal", channel, door=Door.TERMINAL)
        owning.set_client(parts.context, [client], asker, dry=False)
        found = _found(parts)
    said(_clients_text(found))


def _found(parts: CommandParts) -> dict[str, Any]:
    """`{"clients": {name: campaigns}, "channels": {id: client}, "silent": [id]}`."""
    owners = parts.store.channel_owners()
    return {
        "clients": parts.store.clients(),
        "channels": {channel: owner.client for channel, owner in owners.items()},
        "silent": list(owning.silent(parts.context, owners)) if _apart(parts) else [],
    }


def _apart(parts: CommandParts) -> bool:
    return not parts.store.scope_of("").everything


def _clients_text(found: dict[str, Any]) -> str:
    campaigns = [[name or NOBODY, str(count)] for name, count in found["clients"].items()]
    shows = [[channel, _shown(client)] for channel, client in found["channels"].items()]
    lines = [table(["Client", "Campaigns"], campaigns, [1]) if campaigns else "No campaigns yet."]
    lines.append(
        table(["Slack channel", "Shows"], shows)
        if shows
        else "No channel belongs to anybody, so every channel shows everything."
    )
    if found["silent"]:
        names = ", ".join(found["silent"])
        lines.append(f"No summary comes to {names}: perfbot clients set CHANNEL CLIENT.")
    return "\n\n".join(lines)


def _shown(client: str) -> str:
    return TEAM if client == ALL else client or "nothing"
