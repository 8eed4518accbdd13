"""The commands page: every command with its question, and the words they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.cli.door import COMMANDS as TERMINAL
from bot.question.vocabulary import COMMANDS, COMPARES, LATEST, METRICS, STAGES, VERSUS, WINDOWS
from docs.asking import ASKING
from docs.terminal import TELLING

WINDOW_MEANS = {
    "today": "answered with yesterday: today's numbers are whole tomorrow morning",
    "yesterday": "the last day with numbers, against the same weekday a week earlier",
    "mtd": "the month so far, against the same days of the month before",
    "wtd": "the week so far, from Monday, against the same days of the week before",
    "qtd": "the quarter so far, against the same days of the quarter before",
    "ytd": "the year so far, against the same days of the year before",
    "lastweek": "Monday to Sunday of last week, against the week before it",
    "lastmonth": "the whole of last month, against the month before it",
    "7d": "the last seven days, against the seven before",
    "28d": "the last 28 days, against the 28 before",
    "in": "the latest month of that name, against the month before it",
    "on": "the latest Friday, against the one a week earlier; so with every weekday",
}
COMPARE_MEANS = {
    "previous": "as many days just before",
    "week": "as many days, whole weeks earlier: one, or as many as it takes not to overlap",
    "month": "28 days earlier, so that weekdays match; of a month, or its first days, the month"
    " before",
    "year": "52 weeks earlier, so that weekdays match; of what begins with a month, the same dates",
    "target": "what a result may cost, by the plan",
}


def lines() -> Iterator[str]:
    """The index and the shared words."""
    yield "Every command has a page: what it answers, how to type it, an answer, what the answer"
    yield "means, what its buttons do and who may. New here? [A working week](guide.md)"
    yield "([på norsk](guide.nb.md)) shows them at work."
    yield ""
    yield from _slack()
    yield from _days()
    yield from _compare()
    yield from _names()
    yield from _terminal()


def _slack() -> Iterator[str]:
    yield "## In Slack"
    yield ""
    yield "Typed in any channel; the answer is yours alone until you press *Share in channel*."
    yield "`@perfbot …` in a channel or thread reads the same words, in a sentence too."
    yield ""
    yield "| question | command | in Norwegian |"
    yield "|---|---|---|"
    for name in COMMANDS:
        asking = ASKING[name]
        english, norwegian = asking.english[0], asking.norwegian[0]
        yield f"| {asking.question} | [`{english}`](commands/{name}.md) | `{norwegian}` |"


def _days() -> Iterator[str]:
    yield ""
    yield "## Days"
    yield ""
    yield "Any number of days or weeks (`7d`, `14 days`, `siste 3 uker`), or days themselves"
    yield "(`2026-11-01..2026-11-15`, both included), or:"
    yield ""
    yield from _table("words", _by_meaning({**WINDOWS, **_latest()}), WINDOW_MEANS)


def _latest() -> dict[str, str]:
    """Months, and one weekday for all seven, each in one language."""
    fridays = ("on friday", "last friday", "på fredag", "forrige fredag", "sist fredag")
    return {
        word: meaning
        for word, meaning in LATEST.items()
        if word in fridays or meaning.startswith("in ")
    }


def _by_meaning(words: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word, meaning in words.items():
        found.setdefault(meaning.partition(" ")[0], []).append(word)
    return found


def _table(head: str, words: Mapping[str, list[str]], means: Mapping[str, str]) -> Iterator[str]:
    yield f"| {head} | |"
    yield "|---|---|"
    for name, said in words.items():
        if name not in means:
            raise LookupError(f"docs/index.py does not say what {said[0]!r} means.")
        yield f"| {_listed(said)} | {means[name]} |"


def _listed(words: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _compare() -> Iterator[str]:
    yield ""
    yield "## What to compare with"
    yield ""
    yield f"After {_listed(VERSUS)}; or days themselves: `vs 2026-10-01..2026-10-15`."
    yield ""
    yield from _table("words", {name: list(said) for name, said in COMPARES.items()}, COMPARE_MEANS)


def _names() -> Iterator[str]:
    yield ""
    yield "## Names"
    yield ""
    yield "Names are forgiving: part of a campaign's name is enough, near misses are answered with"
    yield "the nearest, and where several fit each comes as a button. Quotes hold words together:"
    yield '`/perf campaign "Spring sale" 28d`.'
    yield ""
    yield "| stage | words |"
    yield "|---|---|"
    for name, said in STAGES.items():
        yield f"| {name} | {_listed(said)} |"
    yield ""
    yield "| metric | words |"
    yield "|---|---|"
    for name, said in METRICS.items():
        yield f"| [`{name}`](metrics.md) | {_listed(said)} |"


def _terminal() -> Iterator[str]:
    yield ""
    yield "## In a terminal"
    yield ""
    yield "| question | command |"
    yield "|---|---|"
    for name in TERMINAL:
        yield f"| {TELLING[name].question} | [`perfbot {name}`](cli/{name}.md) |"
    yield ""
    yield "Every command takes `--db PATH|URL` (default `DATABASE_URL`, else `perfbot.db` here)"
    yield "and `--config FILE` (default `perfbot.toml` here). Exit codes: 0 fine, 1 found something"
    yield "wrong, 2 wrong use. Errors are one sentence with what to do next."
