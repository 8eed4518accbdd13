"""`make demo-live`: Google, Meta and Microsoft on this computer, and perfbot pulling from them.

The servers speak the real protocols and are worth nothing outside this machine; perfbot runs as it
would for anybody, in a process of its own and a folder of its own. In the last act a shift is
applied at the local Google Ads, read back, and undone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from bot.app.composition import Composition, compose
from bot.demo.platforms import World, google, meta, microsoft
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
    unshared = (
        campaign
        for campaign in world.campaigns(account)
        if campaign.budget and not campaign.budget.shared and campaign.status == ACTIVE
    )
    return next(unshared), next(unshared)


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


STEPS = (
    ("init", "--yes"),
    ("pull",),
    ("audit",),
    ("board", "--window", "28d"),
)
RUN = "from bot.cli import main; main()"


def environment(ads: Any, graph: Any, bing: Any = None) -> dict[str, str]:
    """What a person would have put in .env, and where the local servers are."""
    return (_microsoft(bing) if bing else {}) | {
        "GOOGLE_ADS_DEVELOPER_TOKEN": ads.developer_token,
        "GOOGLE_ADS_CLIENT_ID": ads.tokens.client_id,
        "GOOGLE_ADS_CLIENT_SECRET": ads.tokens.client_secret,
        "GOOGLE_ADS_REFRESH_TOKEN": ads.tokens.refresh_token,
        "GOOGLE_ADS_ENDPOINT": ads.endpoint,
        "GOOGLE_ADS_TOKEN_URI": ads.token_uri,
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": ads.root_certificates_path,
        "META_ADS_ACCESS_TOKEN": graph.access_token,
        "META_ADS_GRAPH_URL": graph.url,
    }


def _microsoft(bing: Any) -> dict[str, str]:
    return {
        "MICROSOFT_ADS_DEVELOPER_TOKEN": bing.developer_token,
        "MICROSOFT_ADS_CLIENT_ID": bing.tokens.client_id,
        "MICROSOFT_ADS_CLIENT_SECRET": bing.tokens.client_secret,
        "MICROSOFT_ADS_REFRESH_TOKEN": bing.tokens.refresh_token,
        "MICROSOFT_ADS_URL": bing.url,
        "MICROSOFT_ADS_TOKEN_URI": bing.token_uri,
    }


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where perfbot works. [default: new]"
)
def main(folder: Path | None) -> None:
    """Run local ad platforms and watch perfbot connect to them and pull."""
    place = folder or Path(tempfile.mkdtemp(prefix="perfbot-live-"))
    place.mkdir(parents=True, exist_ok=True)
    world = World(lambda: datetime.now(UTC))
    with ExitStack() as stack:
        ads, graph = stack.enter_context(google(world)), stack.enter_context(meta(world))
        bing = stack.enter_context(microsoft(world))
        bing.polls = 1  # its reports are made at once: nobody wants to watch that
        addresses = f"Google Ads is at {ads.endpoint}, Meta at {graph.url}, Microsoft at {bing.url}"
        click.secho(f"{addresses}, perfbot in {place}.")
        os.environ.update(environment(ads, graph, bing))  # gRPC reads its roots from there
        play(place, os.environ.copy())
        show(place, os.environ, world)
        calls = [len(server.journal.calls("")) for server in (ads, graph, bing)]
        click.secho(
            f"\nGoogle was called {calls[0]} times, Meta {calls[1]}, Microsoft {calls[2]} times."
        )


def play(place: Path, environ: dict[str, str], steps: Iterable[tuple[str, ...]] = STEPS) -> None:
    """Each command as a person would type it.

    Raises:
        SystemExit: One of them failed, with its exit code.
    """
    for words in steps:
        click.secho(f"\n$ perfbot {' '.join(words)}", bold=True)
        ended = subprocess.run(  # noqa: S603, perfbot itself, with the words above
            [sys.executable, "-c", RUN, *words], cwd=place, env=environ, check=False
        )
        if ended.returncode:
            raise SystemExit(ended.returncode)


if __name__ == "__main__":
    main()
