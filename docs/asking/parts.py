"""Questions about what goes on below a campaign: keywords, ads, pages, audiences."""

from __future__ import annotations

from collections.abc import Mapping

from docs.asking.shape import Asking

SURE = (
    " A part is judged by what its results cost, drawn towards its campaign's where it has few"
    " clicks; what is called wasted costs more than the campaign's target, or than one and a half"
    " times what its other parts pay. Over the whole account at most one in twenty of what is"
    " called so should be chance, so a small one waits for data. Without a name: the worst of all"
    " campaigns."
)

PARTS: Mapping[str, Asking] = {
    "keywords": Asking(
        "Which keywords and search terms waste money?",
        "The keywords and search terms of a campaign: what they spent and brought in four weeks,"
        " which surely spend without results and what that costs a week, and where a low quality"
        " score goes with dear clicks.",
        ("/perf keywords generic", "/perf keywords", "/perf keywords generic 14d"),
        ("/perf søkeord generic", "/perf søkeord"),
        more=SURE.strip(),
        see=("ads", "pages", "audiences"),
        window=True,
    ),
    "ads": Asking(
        "Which ad is tired, and which should we make more of?",
        "The ads and ad sets of a campaign. An ad is tired where its showings bring surely fewer"
        " clicks than its first ones did, held against the campaign's other ads on the same days.",
        ("/perf ads awareness", "/perf ads"),
        ("/perf annonser awareness", "/perf annonser"),
        more=SURE.strip(),
        see=("keywords", "pages", "audiences"),
        window=True,
    ),
    "pages": Asking(
        "Which landing page broke?",
        "The landing pages of a campaign: which surely brings fewer results a click than before,"
        " held against the campaign's other pages, since which day, and what it costs a week.",
        ("/perf pages generic", "/perf pages"),
        ("/perf landingssider generic", "/perf landingssider"),
        more=SURE.strip(),
        see=("keywords", "ads", "audiences"),
        window=True,
    ),
    "audiences": Asking(
        "Whom does the message not fit, and what does it cost?",
        "A campaign by age, gender, region, device and placement: where a result surely costs more"
        " than it does among the others, and how much that is a week.",
        ("/perf audiences retargeting", "/perf audiences generic device", "/perf audiences"),
        ("/perf målgrupper retargeting", "/perf målgrupper retargeting alder"),
        more=SURE.strip(),
        see=("keywords", "ads", "pages"),
        window=True,
    ),
}
