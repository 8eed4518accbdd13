"""`python -m docs`: writes the reference pages anew from the code, the settings and the rules.

A test (tests/project/test_docs.py) holds the pages on disk against what this would write.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.advice.rules.explain import explain, matrix
from bot.advice.rules.rulebook import PRICING, STAGES, Rulebook
from bot.cli.door import COMMANDS as TERMINAL
from bot.places import shipped
from bot.question.vocabulary import COMMANDS
from bot.rules_files import load
from docs import cli_pages, index, slack_pages
from docs.running import rerun
from docs.stage import Stage, plan_toml

HERE = Path(__file__).parent
NOTE = "<!-- Written by `python -m docs`; change the code or the rules, not this page. -->"


def pages(stage: Stage) -> dict[str, str]:
    """The text of each page that is written or renewed from the code, by its place in docs/."""
    rulebook = load()
    found = {
        "commands.md": _page("Commands", index.lines()),
        "settings.md": _page("Settings", _settings()),
        "metrics.md": _page("Metrics", _metrics(rulebook)),
        "rules.md": _page("Rules", _rules(rulebook)),
        "plan.md": rerun((HERE / "plan.md").read_text(encoding="utf-8"), stage),
        "examples/demo.toml": plan_toml(),
    }
    for name in COMMANDS:
        found[f"commands/{name}.md"] = _page(f"`/perf {name}`", slack_pages.page(name, stage))
    for name in TERMINAL:
        found[f"cli/{name}.md"] = _page(f"`perfbot {name}`", cli_pages.page(name, stage))
    return found


def _page(title: str, lines: Iterator[str]) -> str:
    return "\n".join([f"# {title}", "", NOTE, "", *lines]).rstrip() + "\n"


def _settings() -> Iterator[str]:
    yield "`perfbot.toml`, whole, with every setting there is. A key that is not here is refused,"
    yield "with the nearest one named. Secrets come from the environment or `.env` only."
    yield ""
    yield "```toml"
    yield shipped("perfbot.example.toml").read_text(encoding="utf-8").rstrip()
    yield "```"


def _metrics(rulebook: Rulebook) -> Iterator[str]:
    yield "The glossary, from [`rules/metrics.yml`](../rules/metrics.yml). Ratios are sum over sum,"
    yield "on the days that have both parts; dividing by zero gives nothing; missing is missing."
    yield ""
    yield "| metric | title | unit | better | how | what it says |"
    yield "|---|---|---|---|---|---|"
    for name, metric in rulebook.metrics.items():
        how = f"{metric.sum} / {metric.over}" if metric.over else metric.sum or metric.kind
        how = f"{metric.scale:g} x {how}" if metric.scale != 1 else how
        cells = (f"`{name}`", metric.title, metric.unit, metric.better, how, metric.meaning)
        yield f"| {' | '.join(cells)} |"
    yield from OF_THE_BOOKS.splitlines()


OF_THE_BOOKS = """
## Of the books alone

Told in answers from [orders](sources.md#documented-sales), whoever brought them; the board has
none of it. Both halves are of the days that orders are known of.

| asked as | how | what it says |
|---|---|---|
| MER, blended ROAS | value of the orders / spend | What came in over what was spent. |
| cost per new customer, CAC | spend / orders of new customers | Price of a first order. |
| sales claimed twice | conversions - orders | Said beside MER where more are claimed than placed. |

Orders that were taken back are left out; other currencies are converted at the rates of the
reporting currency. An order that does not say whether the customer is new counts as none; where
none says, the cost per sale is told, and that it is. Where platforms claim more sales than there
are orders, so many at least are claimed twice, or were never placed.
"""


def _rules(rulebook: Rulebook) -> Iterator[str]:
    yield "Every rule, in plain words, with the numbers it looks at, as `perfbot rules explain ID`"
    yield "prints them. Which rules speak in which cell of RACE stage and pricing model; those of"
    yield "`always.yml` speak everywhere, and before any other, those of `details.yml` wherever"
    yield "there are rows of what goes on below campaigns:"
    yield ""
    table = matrix(rulebook)
    yield "| | " + " | ".join(PRICING) + " |"
    yield "|---|" + "---|" * len(PRICING)
    for stage in STAGES:
        cells = [_names(table[stage, model]) for model in PRICING]
        yield f"| **{stage}** | " + " | ".join(cells) + " |"
    for rule in rulebook.rules:
        yield ""
        yield f"## `{rule.id}`"
        yield ""
        yield "```text"
        yield explain(rule, rulebook).rstrip()
        yield "```"


EVERYWHERE = ("always-", "detail-")


def _names(rules: Iterable[str]) -> str:
    return ", ".join(f"`{rule}`" for rule in rules if not rule.startswith(EVERYWHERE))


if __name__ == "__main__":
    with TemporaryDirectory() as folder, closing(Stage(Path(folder))) as stage:
        for name, text in pages(stage).items():
            (HERE / name).parent.mkdir(exist_ok=True)
            (HERE / name).write_text(text, encoding="utf-8")
            sys.stdout.write(f"docs/{name}\n")
