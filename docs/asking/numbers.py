"""Questions about how it goes: channel, campaign, stage, pricing, compare, why."""

from __future__ import annotations

from collections.abc import Mapping

from docs.asking.shape import Asking

VERDICTS = (
    "How it stands, in a word of a closed list, explained under the table: *on target*, *above"
    " target*, *room to grow*, *test running*, *change advised* (and which), *waiting for data*,"
    " *check* (tracking, spend, delivery, landing page), *no target*."
)
SETTLES = (
    "Late sales are on their way: where the price will be once they are counted. Only where"
    " perfbot has seen results of this source come late."
)
WHY = (
    "The change taken apart: how much of it each factor made, the largest first, with the campaign"
    " that made most of it. All of it: `/perf why`."
)
BEFORE = "What it was in the days compared with."
TREND = "Four weeks, a bar a day, with the first and the last value; in Slack it is a chart."

NUMBERS: Mapping[str, Asking] = {
    "channel": Asking(
        "How is Google doing, and which of its campaigns make the difference?",
        "A channel against its target and the days before: the figures, why they changed, each"
        " campaign with a verdict, four weeks as a chart.",
        ("/perf channel google", "/perf channel meta 28d vs last month",
         "/perf channel google vs target"),
        ("/perf kanal google", "/perf kanal meta 28d mot forrige måned"),
        parts={
            "(target 205, 158 the week before)": "What a sale would cost with every campaign"
            " exactly at its own target (left out where under nine tenths of the spend have one),"
            " and what it cost in the days compared with.",
            "once late results are in": SETTLES,
            "Why the change": WHY,
            "Cost per result": "What one result costs, in the number the campaign is judged by: its"
            " stage and pricing model decide which.",
            "Verdict": VERDICTS,
            "(before:": BEFORE,
            "Spend a day": TREND,
        },
        more="Every platform's own name works: `google`, `Google Ads` and `google_ads` are one.",
        see=("campaign", "why", "compare", "advice"),
        window=True, compare=True, aim=True,
    ),
    "campaign": Asking(
        "How is this one campaign doing, and is anything advised about it?",
        "Its figures against target and the days before, why they changed, and the advice that is"
        " open on it.",
        ("/perf campaign generic", "/perf campaign generic 28d",
         '/perf campaign "Google | Shopping" vs last month'),
        ("/perf kampanje generic", "/perf kampanje generic 28d"),
        parts={
            "Target 250 kr: check": "What a sale may cost by the plan, and the verdict. "
            + VERDICTS,
            "(from the plan)": "Who says so: the plan, the numbers' own column, or a guess from"
            " the campaign's name ([the plan](../plan.md)).",
            "(before:": BEFORE,
            "Why the change": WHY,
            "Open advice": "What perfbot advises about it this morning; `/perf advice` has it"
            " whole.",
            "Spend a day": TREND,
        },
        more="Part of the name is enough. Where it fits several campaigns, each comes as a button.",
        see=("why", "why-not", "channel", "targets"),
        window=True, compare=True, aim=True,
    ),
    "stage": Asking(
        "How is our selling doing, over all channels? And our reach?",
        "The campaigns of a RACE stage together: reach, act, convert or engage.",
        ("/perf stage convert", "/perf stage reach 28d vs last month"),
        ("/perf steg convert", "/perf steg reach 28d mot forrige måned"),
        parts={
            "(target 210, 165 the week before)": "The stage's own price against what it may be,"
            " and what it was.",
            "Why the change": WHY,
            "Verdict": VERDICTS,
            "Model": "The pricing model each campaign is judged by.",
            "(before:": BEFORE,
            "Spend a day": TREND,
        },
        more="Stages are not rivals: money moves inside one. Crossing stages takes a person.",
        see=("pricing", "channel", "pacing"),
        window=True, compare=True, aim=True,
    ),
    "pricing": Asking(
        "How are all our campaigns that are judged by cost per sale doing?",
        "The campaigns of a pricing model together: CPM, CPC, CPL or CPA.",
        ("/perf pricing CPA", "/perf pricing CPC 28d"),
        ("/perf prismodell CPA", "/perf prismodell CPC 28d"),
        parts={
            "(target 236, 214 the week before)": "What one result costs over all of them, what it"
            " may cost, and what it cost before.",
            "Why the change": WHY,
            "Verdict": VERDICTS,
            "Stage": "The RACE stage: campaigns of one pricing model may serve several.",
            "(before:": BEFORE,
        },
        more="The model is what a campaign is optimised for and judged by, which may be another"
        " than what the platform bills ([the plan](../plan.md), `billed_by`).",
        see=("stage", "channel", "targets"),
        window=True, compare=True, aim=True,
    ),
    "compare": Asking(
        "Which of the two is doing better?",
        "Two channels, or two campaigns, side by side. Where they serve different stages it"
        " says so, and names no winner.",
        ("/perf compare shopping and competitors", "/perf compare google and meta 28d"),
        ("/perf sammenlign shopping og competitors", "/perf sammenlign google og meta 28d"),
        parts={
            "−77 %": "How much less a sale costs in the first than in the second.",
            "Target": "What one result may cost in each.",
            "Change": "Each against its own days before.",
        },
        see=("channel", "campaign", "stage"),
        window=True, compare=True,
    ),
    "why": Asking(
        "Why did the CPA on Google rise?",
        "A change taken apart, factor by factor and campaign by campaign. The parts add up to the"
        " change.",
        ("/perf why google cpa", "/perf why generic 28d", "/perf why google cpa last week"),
        ("/perf hvorfor google cpa", "/perf hvorfor generic 28d"),
        parts={
            "16–22 Nov against 9–15 Nov": "The days, and those compared with.",
            "Part of it": "How much of the change this factor made, in the metric asked about;"
            " they add up to the last line.",
            "A different mix of campaigns": "What comes of money and results moving between"
            " campaigns, although none of them changed.",
            "Made by": "The same change by campaign.",
        },
        more="Without a metric it takes the one the campaign or channel is judged by. Prices"
        " (CPM, CPC, CPL, CPA), ROAS, rates and sums like spend or sales can be taken apart.",
        see=("channel", "campaign", "why-not"),
        window=True, compare=True,
    ),
}  # fmt: skip
