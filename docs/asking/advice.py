"""Questions about what to do, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping

from docs.asking.shape import Asking
from docs.stage import Moment

ADVICE: Mapping[str, Asking] = {
    "advice": Asking(
        "What should I do today?",
        "Everything that is advised this morning, what is worth most first.",
        ("/perf advice", "/perf advice google"),
        ("/perf råd", "/perf råd google"),
        parts={
            "by money at stake": "The order after what is urgent: what a week costs or brings if"
            " nothing is done, the most first.",
            "At stake": "What is expected to be lost or gained in a week if nothing is done, and"
            " between what it lies nine times in ten. Where tracking or delivery is in doubt: the"
            " spend a week that cannot be judged until it is mended.",
            "How sure": "How certain it is that the rule's lines hold, given how few results there"
            " are; or how unlikely it is that chance alone makes such numbers.",
            "nobody has seen yet": "A move whose effect is not known from these campaigns' own"
            " history is proposed as a test: a step that can be taken back, and a day to read"
            " it on.",
            "more documented sales a week": "What it is expected to bring; in brackets where the"
            " true effect lies nine times in ten.",
        },
        more="An answer may be given here, in the digest's thread, or with a ✅: it is the same"
        " advice, and the first answer counts. perfbot changes nothing on an ad platform.",
        see=("digest", "why-not", "outcomes"),
    ),
    "why-not": Asking(
        "Why do you say nothing about this campaign?",
        "Every rule that could speak about it, nearest first: which line does not hold, or which"
        " guard keeps it quiet, with the numbers.",
        ("/perf why-not generic", "/perf why-not shopping"),
        ("/perf hvorfor-ikke generic", "/perf hvorfor ikke shopping"),
        parts={
            "did speak": "A rule that did say something; its advice is open.",
            "comes first": "Another rule comes first: while the landing page is broken, nobody"
            " should move money because of what it costs.",
            "Not sure enough": "The line holds, but not surely enough yet for the rule.",
            "Too little data": "What is missing before the rule can say anything.",
            "is not over": "The line of the rule that does not hold, with both numbers.",
        },
        see=("advice", "rules", "campaign"),
    ),
    "digest": Asking(
        "What is this morning's summary?",
        "The summary as it comes to a channel that subscribes, now and for you alone. `weekly`"
        " and `monthly` give the other forms.",
        ("/perf digest", "/perf digest weekly"),
        ("/perf sammendrag", "/perf sammendrag ukentlig"),
        parts={
            "Good morning": "The conclusion, in one sentence.",
            "Numbers through": "How far the numbers reach; a source that is late is named, and"
            " nothing is advised about it.",
            "Spent last 7 days": "All of it, against the seven days before.",
            "Once late results are in": "Where the price will be once late sales are counted.",
            "What moved": "What changed for certain, since when, and which part of the funnel"
            " changed with it.",
            "To do": "The advice, what cannot wait first; each has a message of its own in the"
            " thread, with buttons.",
            "Not yet": "Who needs more data before anything can be said, and how long that will"
            " take.",
            "Budget": "The month's budget against the month.",
        },
        more="On a day with nothing to say it is one line. *Came in* stands in it on the day an"
        " outcome is read.",
        see=("subscribe", "advice", "pacing"),
    ),
    "tests": Asking(
        "Which tests are running, and what should we test before we scale it?",
        "Moves and budget steps whose effect nobody has seen yet: those advised this morning, and"
        " those somebody took on, with the day each is read.",
        ("/perf tests",),
        ("/perf tester",),
        parts={
            "nobody has seen yet": "Why it is a test: these campaigns have not shown what another"
            " budget brings.",
            "more documented sales a week": "What it is expected to bring; in brackets where the"
            " true effect lies nine times in ten, by what is known now.",
            "Measured on": "The day it is read, and against how many campaigns that nobody"
            " touched.",
        },
        more="The budgets are kept as they are until that day; the answer comes to the thread of"
        " the advice, and to `/perf outcomes`.",
        see=("advice", "outcomes", "rules"),
        when=Moment.ANSWERED,
    ),
    "outcomes": Asking(
        "Did it work, what we did?",
        "What came of every move that was acknowledged, measured against campaigns nobody touched,"
        " and what they come to together.",
        ("/perf outcomes", "/perf outcomes google"),
        ("/perf utfall", "/perf utfall google"),
        parts={
            "Your test of 23 November": "The move, by the day it was acknowledged.",
            "too small to tell": "One of five verdicts: it worked, it did nothing, it did harm,"
            " it is too small to tell, or it was not measured.",
            "between −30 % and +29 %": "Where the effect on cost per result lies nine times in"
            " ten.",
        },
        more="Asked on the day it was read, six weeks after [the move](advice.md). What was taken"
        " back is not measured.",
        see=("advice", "tests", "audit"),
        when=Moment.WEEKS_LATER,
    ),
    "rules": Asking(
        "When does perfbot speak at all?",
        "The rules in force; those of a stage; or one in full, by its name.",
        ("/perf rules convert-cut", "/perf rules", "/perf rules convert"),
        ("/perf regler convert-cut", "/perf regler"),
        parts={
            "For:": "The stages it is for.",
            "Speaks when": "Its lines: all of them have to hold.",
            "Only when sure": "How certain the lines must be, given how few results there are.",
        },
        more="Every rule with its thresholds is on [the rules page](../rules.md). Admins change"
        " thresholds on the Home tab, after seeing what past mornings would have said.",
        see=("why-not", "targets"),
    ),
    "find": Asking(
        "Where was that thing about the shop again?",
        "Campaigns, advice and answers whose words begin so, each with the way to its message.",
        ("/perf find shop", "/perf find Black Friday"),
        ("/perf finn shop", "/perf finn landingsside"),
        parts={
            "Campaigns": "As buttons: one asks about it.",
            "Advice": "What was ever advised, and how it stands.",
            "Answers": "What people wrote when they answered.",
        },
        see=("audit", "advice"),
        when=Moment.ANSWERED,
    ),
}  # fmt: skip
