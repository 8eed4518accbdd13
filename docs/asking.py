"""What each `/perf` command is for, with examples; the commands page is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.desk.words import COMMANDS

SHARED = (
    "Typed in any channel; the answer is yours alone until you press *Share in channel*. Windows:",
    "`7d`, `28d`, `mtd`, `yesterday`, `last week`, `last month`, `2026-11-01..2026-11-15`. What to",
    "compare with: `vs last month`, `vs last year`, `vs target`. Names are forgiving, near misses",
    "are answered with the nearest. `@perfbot …` in a channel or thread reads the same words.",
)


@dataclass(frozen=True)
class Asking:
    """What a command is for, and questions as people type them, in English and Norwegian."""

    does: str
    examples: tuple[str, ...]


ASKING: Mapping[str, Asking] = {
    "help": Asking(
        "What can be asked, by examples from your own channels and campaigns.",
        ("/perf", "/perf help", "/perf hjelp"),
    ),
    "channel": Asking(
        "How a channel goes against target and the days before: its figures, each campaign with a"
        " verdict, why it changed, four weeks as a chart.",
        ("/perf channel google", "/perf channel meta 28d vs last month", "/perf kanal google"),
    ),
    "campaign": Asking(
        "One campaign: its figures, its verdict, the advice that is open on it.",
        ('/perf campaign "Spring sale"', "/perf campaign generic 28d", "/perf kampanje generic"),
    ),
    "why": Asking(
        "What a change in a price is made of, factor by factor and campaign by campaign; the parts"
        " add up.",
        ("/perf why google cpa", "/perf why generic 28d", "/perf hvorfor google cpa"),
    ),
    "why-not": Asking(
        "Why nothing is advised about a campaign: which line of a rule does not hold, or which"
        " guard holds it back.",
        ("/perf why-not generic", "/perf hvorfor ikke generic"),
    ),
    "advice": Asking(
        "What there is to do today, by the money at stake, with its buttons.",
        ("/perf advice", "/perf råd"),
    ),
    "digest": Asking("This morning's summary, now.", ("/perf digest", "/perf sammendrag")),
    "stage": Asking(
        "The campaigns of a RACE stage together: reach, act, convert or engage.",
        ("/perf stage convert", "/perf steg convert"),
    ),
    "pricing": Asking(
        "The campaigns of a pricing model together: CPM, CPC, CPL or CPA.",
        ("/perf pricing CPA", "/perf prismodell CPA 28d"),
    ),
    "compare": Asking(
        "Two or more channels or campaigns side by side.",
        ("/perf compare google and meta", "/perf sammenlign google og meta"),
    ),
    "pacing": Asking(
        "The month's money by campaign: spent, and where it lands.",
        ("/perf pacing", "/perf budsjett"),
    ),
    "tests": Asking("Budget tests that are running or were read.", ("/perf tests", "/perf tester")),
    "outcomes": Asking(
        "What came of the moves that were acknowledged, against campaigns nobody touched.",
        ("/perf outcomes", "/perf utfall"),
    ),
    "rules": Asking("The rules in force.", ("/perf rules", "/perf regler")),
    "targets": Asking(
        "Stage, model, target and budget of each campaign, and where they come from. They are set"
        " on perfbot's Home tab.",
        ("/perf targets", "/perf mål"),
    ),
    "subscribe": Asking(
        "The summary in this channel: daily, weekly or monthly. Without a time it asks in a form.",
        ("/perf subscribe 07:30 weekdays", "/perf subscribe weekly mon 08:00",
         "/perf subscribe monthly 1st 08:00", "/perf abonner ukentlig man 08:00"),
    ),
    "unsubscribe": Asking(
        "No more summaries in this channel.", ("/perf unsubscribe", "/perf avmeld")
    ),
    "settings": Asking(
        "Your language and time zone, and what holds here.",
        ("/perf settings", "/perf innstillinger"),
    ),
    "share": Asking(
        "Any answer, for everybody in the channel.",
        ("/perf share channel google", "/perf del kanal google"),
    ),
    "export": Asking(
        "Daily numbers as CSV or Excel, exact, in your own conversation with perfbot.",
        ("/perf export google 28d csv", "/perf export all mtd xlsx", "/perf eksport google csv"),
    ),
    "find": Asking(
        "Campaigns, advice and answers by their words, with the way to each message.",
        ("/perf find Black Friday", "/perf finn landingsside"),
    ),
    "audit": Asking(
        "Who answered, set and was told what, and when. For admins.",
        ("/perf audit", "/perf revisjon"),
    ),
    "sources": Asking(
        "Where numbers come from, and what is late.", ("/perf sources", "/perf kilder")
    ),
}  # fmt: skip


def slack_commands() -> Iterator[str]:
    """The lines of the commands page about Slack."""
    yield "## In Slack"
    yield ""
    yield from SHARED
    for name, words in COMMANDS.items():
        yield ""
        yield f"### `/perf {name}`"
        yield ""
        yield ASKING[name].does
        yield ""
        yield f"Understood as well: {', '.join(f'`{word}`' for word in words if word != name)}."
        yield ""
        yield "```text"
        yield from ASKING[name].examples
        yield "```"
    yield ""
    yield "## In a terminal"
    yield ""
