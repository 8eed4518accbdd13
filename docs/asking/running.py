"""Questions about the money, the plan, who gets what, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping

from docs.asking.shape import Asking
from docs.stage import Moment

RUNNING: Mapping[str, Asking] = {
    "help": Asking(
        "What can I ask?",
        "Everything there is, by examples from your own channels and campaigns.",
        ("/perf", "/perf help"),
        ("/perf hjelp",),
        parts={
            "/perf channel Google": "Each line begins with questions you can type.",
            "@perfbot why did": "A mention understands the same words, in a sentence.",
            "In a thread": "How advice is answered without pressing a button.",
        },
        more="A command nobody knows is answered with this, and with the nearest command.",
        see=("channel", "advice", "settings"),
    ),
    "pacing": Asking(
        "Will we spend the month's budget, and not more?",
        "Each budget of the plan: what is spent, and where it ends.",
        ("/perf pacing", "/perf pacing google"),
        ("/perf budsjett", "/perf budsjett google"),
        parts={
            "Ends at": "The month's end as a share of its budget, if the days left cost what those"
            " of the last 28 days did, weekday by weekday.",
            "Month's budget": "`monthly_budget` of [the plan](../plan.md).",
        },
        see=("targets", "stage", "digest"),
    ),
    "targets": Asking(
        "What are the campaigns for, what may they cost, and who says so?",
        "The plan as it holds this morning, a line an entry.",
        ("/perf targets", "/perf targets google"),
        ("/perf mål", "/perf mål google"),
        parts={
            "Campaigns": "The pattern: `*` is anything, and the channel may stand before it.",
            "Target": "What one result may cost, in the number these campaigns are judged by.",
            "The first pattern that fits": "Of several that fit a campaign, the first counts:"
            " [the plan](../plan.md).",
        },
        more="Targets are set on perfbot's Home tab, with a preview of the campaigns they fit, or"
        " in `perfbot.toml`.",
        see=("pacing", "campaign", "settings"),
    ),
    "sources": Asking(
        "Where do the numbers come from, and how far can they be believed?",
        "Each source and account with the day it reaches; where it is late, partial, double, lacks"
        " days, hours or a column, or was corrected more than usual, since when and what to do"
        " about it.",
        ("/perf sources",),
        ("/perf kilder",),
        parts={
            "Numbers reach through": "The newest day there is.",
            "No source is pulled by itself": "Said where numbers are imported by hand; else each"
            " source has a line of its own.",
        },
        more="What is usual is learned from earlier pulls of the same account: a day corrected by"
        " more than a tenth (late results: three tenths) and by more than half again what nine in"
        " ten pulls corrected days of its age. A partial day lacks a quarter of the campaigns that"
        " run on its weekday, or was exported before it was over. A day of an hourly export lacks"
        " hours where the days before and after it have all of theirs, until it comes whole. An"
        " account is late from half past seven in the morning, and not before its own day was over"
        " and counted. The morning summary says what changes its own numbers.",
        see=("digest", "targets"),
    ),
    "subscribe": Asking(
        "Can the summary come to this channel every morning?",
        "The summary where you type it: daily, weekly (about the week before) or monthly. Without"
        " a time it asks in a form.",
        ("/perf subscribe 07:30 weekdays", "/perf subscribe weekly mon 08:00",
         "/perf subscribe monthly 1st 08:00", "/perf subscribe 07:30 daily Europe/Oslo"),
        ("/perf abonner 07:30 hverdager", "/perf abonner ukentlig man 08:00",
         "/perf abonner månedlig 1. 08:00"),
        parts={
            "Europe/Oslo": "Whose half past seven: your own time zone, or the one you name.",
            "Nothing was stored": "`perfbot ask` only shows what would happen; in Slack it is"
            " kept.",
        },
        more="On public holidays the daily summary rests ([settings](../settings.md)). A channel"
        " need not take all advice: `/perf subscribe 07:30 only channel google stage convert`, and"
        " so with `client`, `account`, `severity` (`urgent`, `advise`, `watch`) and `owner`."
        " Several names of a kind stand between commas, one of several words in quotes;"
        " `everything` takes everything again. `client` and `channel` limit the numbers, too;"
        " urgent news and reminders go the same way."
        " For [clients kept apart](../clients.md) it comes on top.",
        see=("unsubscribe", "digest", "settings"),
    ),
    "unsubscribe": Asking(
        "Can it stop coming here?",
        "No more summaries in this channel.",
        ("/perf unsubscribe",),
        ("/perf avmeld",),
        parts={
            "Nothing was stored": "`perfbot ask` only shows what would happen; in Slack it ends.",
        },
        see=("subscribe",),
    ),
    "settings": Asking(
        "Which language do I read, in which time zone, and what comes here?",
        "What holds for you. A language or a time zone after it is kept as yours.",
        ("/perf settings", "/perf settings norsk", "/perf settings Europe/Oslo"),
        ("/perf innstillinger", "/perf innstillinger english"),
        parts={
            "I write to you in English": "Yours alone; each subscription has a language of its"
            " own.",
            "Summary here": "What comes to this channel, and when.",
        },
        more="`/perf settings client Eksempel AS` says whose campaigns this channel shows:"
        " [clients kept apart](../clients.md).",
        see=("subscribe", "targets"),
    ),
    "share": Asking(
        "Can the others see this, too?",
        "Any answer, for everybody in the channel: write the question after it.",
        ("/perf share pacing", "/perf share channel google 28d"),
        ("/perf del budsjett", "/perf del kanal google"),
        more="The button *Share in channel* under an answer does the same, and nobody has to ask"
        " again.",
        see=("channel", "export"),
    ),
    "export": Asking(
        "Can I have the daily numbers in a sheet?",
        "A file in your own conversation with perfbot: one line a day and campaign, exact. 28 days"
        " unless you say otherwise.",
        ("/perf export google 28d csv", "/perf export all mtd xlsx", "/perf export generic"),
        ("/perf eksport google 28d csv", "/perf eksport google csv"),
        parts={
            "140 rows": "A row is one campaign on one day.",
            "apostrophe": "A name like `=1+1` stays a text in every spreadsheet.",
        },
        see=("share", "channel"),
        window=True,
    ),
    "audit": Asking(
        "Who decided that, and when?",
        "Who answered, set and was told what: the newest of a log that nobody can change.",
        ("/perf audit", "/perf audit Kari"),
        ("/perf revisjon",),
        parts={
            "acknowledged": "What was done: every answer, setting, plan change and digest.",
            "will be measured": "The move was frozen with its windows and the campaigns it is"
            " compared with.",
        },
        more="All of it, for programs too: [`perfbot audit`](../cli/audit.md).",
        see=("find", "outcomes", "settings"),
        when=Moment.ANSWERED,
    ),
}  # fmt: skip
