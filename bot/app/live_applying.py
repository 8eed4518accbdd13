"""The last act of `make demo-live`: a shift applied at the local Google Ads, read back, undone.

The shift is written here, as a rule would write it on a morning that has one. Everything after it
is what perfbot does for anybody, by its own desk and jobs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import click

from bot.app.composition import Composition, compose
from bot.demo.platforms import World
from bot.demo.platforms.entities import ACTIVE, Campaign
from bot.domain.advice import Advice
from bot.domain.replies import Asker, Press
from bot.settings import read
from bot.store.base import Outgoing

KARI = Asker("U0KARI001", "C0DEMO")
SHIFT, STEP = "demo-shift", 60
SWITCH = """
[[accounts]]
channel = "google_ads"
account_id = "{account_id}"
apply = true
apply_change = 500
apply_day = 1000
apply_month = 5000

[who]
approvers = ["U0KARI001"]
"""


def show(place: Path, environ: Mapping[str, str], world: World) -> None:
    """Switch the first account on, and have a shift applied and undone.

    Args:
        place: Where perfbot.toml and perfbot.db are, with numbers pulled.
        environ: Keys, and where the local servers are.
        world: What the servers hold.
    """
    account = world.accounts("google")[0]
    file = place / "perfbot.toml"
    switch = SWITCH.format(account_id=account.account_id)
    click.secho(f"\nAdded to {file.name}:", bold=True)
    click.echo(switch)
    file.write_text(file.read_text(encoding="utf-8") + switch, encoding="utf-8")
    context = compose(read(file, environ), str(place / "perfbot.db"))
    try:
        _Act(context, _two(world)).play()
    finally:
        context.store.close()


def _two(world: World) -> tuple[Campaign, Campaign]:
    """Two running campaigns with budgets of their own."""
    account = world.accounts("google")[0]
    own = (
        campaign
        for campaign in world.campaigns(account)
        if campaign.budget and not campaign.budget.shared and campaign.status == ACTIVE
    )
    return next(own), next(own)


@dataclass(frozen=True)
class _Act:
    """The context, and the two campaigns of the shift."""

    context: Composition
    campaigns: tuple[Campaign, Campaign]

    def play(self) -> None:
        self._advise()
        self._say("Before", "")
        taken = self.context.desk.answer(Press(SHIFT, "acknowledge"), KARI)
        self._say("Acknowledged", taken.lines[0].text)
        for number, verb in enumerate(("apply", "set_back"), start=1):
            taken = self.context.desk.answer(Press(SHIFT, verb), KARI)
            click.echo(f"  {taken.lines[0].text}")
            self.context.applier()
            line = self.context.store.outgoing(f"applied:{SHIFT}:{number}:line:0")
            self._say("In the thread", line.text if line else "")
        steps = self.context.store.events(subject=SHIFT, kind="applying.")
        click.secho("\nThe log:", bold=True)
        for step in steps:
            click.echo(f"  {step.at:%H:%M:%S} {step.actor} {step.kind}")

    def _advise(self) -> None:
        """The shift as a morning keeps it, and the message that shows it."""
        giver, taker = self.campaigns
        before = {c.campaign_id: float(_daily(c)) for c in self.campaigns}
        after = {giver.campaign_id: before[giver.campaign_id] - STEP,
                 taker.campaign_id: before[taker.campaign_id] + STEP}  # fmt: skip
        store, now = self.context.store, self.context.clock()
        today = now.astimezone(self.context.settings.zone).date()
        shift = Advice(
            SHIFT, "convert-shift", "demo", tuple(before), "shift_budget", "advise",
            budgets=after, budgets_before=before, currency=giver.account.currency,
            numbers={"name": giver.name, "to": {"name": taker.name}, "move": float(STEP)},
            opened_on=today,
        )  # fmt: skip
        store.set_preference(KARI.user, name="Kari")
        store.save_advice([shift], as_of=today, at=now)
        store.enqueue([Outgoing("demo:shift", "advice", KARI.channel, "", (), "", SHIFT)])
        store.delivered("demo:shift", "1.000001")

    def _say(self, title: str, text: str) -> None:
        budgets = ", ".join(f"{c.name} {_daily(c)} {c.account.currency}" for c in self.campaigns)
        click.secho(f"\n{title}: {text}".rstrip(": "), bold=True)
        click.echo(f"  At the local Google Ads: {budgets}")


def _daily(campaign: Campaign) -> Decimal:
    assert campaign.budget, "chosen for its budget"
    return campaign.account.decimal(campaign.budget.amount)
