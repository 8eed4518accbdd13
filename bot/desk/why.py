"""`/perf why NAME [METRIC] [WINDOW]`: what a change is made of, and who made it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.desk import boards
from bot.desk.figures import Figures, Row, spend
from bot.desk.grammar import Question
from bot.desk.names import NEAREST, Unclear, find_campaign, no_numbers, quoted, title
from bot.desk.office import Office
from bot.desk.plainly import as_sentence, spans
from bot.desk.showing import late
from bot.desk.types import Asker, Reply
from bot.desk.verdicts import head_metric, judged_by
from bot.errors import UnknownName
from bot.messages.values import Choice, Option, WhyAnswer, WhyCampaign, WhyPart
from bot.messages.why import digits_of
from bot.numbers.chains import CHAINS
from bot.numbers.daily import match_channel
from bot.numbers.gaps import Gap
from bot.numbers.rounding import apportioned, rounded
from bot.numbers.why import Split, chain_of, split_rows

WINDOW = "7d"
EVERY_DAY = ("cpa", "cpl", "cpc", "cpm", "spend")


@dataclass(frozen=True)
class About:
    """A channel or a campaign somebody asks about.

    Attributes:
        asks: As the grammar reads it back.
        row: The campaign, None for a channel.
    """

    name: str
    asks: str
    channel: str
    row: Row | None = None

    def rows(self, figures: Figures) -> list[Row]:
        """Its campaigns on a board."""
        entity = self.row["entity"] if self.row else None
        return [row for row in figures.rows if entity in {None, row["entity"]}]


def answer(office: Office, question: Question, asker: Asker, as_of: date) -> Reply:
    """Why a number of a channel or a campaign changed.

    Raises:
        UnknownName: No such channel, campaign or window.
        UsageError: A number that cannot be taken apart.
        NoNumbers: Nothing in these days.
    """
    if not question.subject:
        return _which(office, question, asker, as_of)
    try:
        found = explained(office, question, as_of)
    except UnknownName as missed:
        return _nameless(office, question, asker, as_of, missed)
    renderer = office.renderer(asker.language)
    told = [renderer.render("why", answer=each) for each in found]
    blocks = [block for message in told for block in message.blocks]
    return Reply(" ".join(message.text for message in told), blocks)


def explained(office: Office, question: Question, as_of: date) -> tuple[WhyAnswer, ...]:
    """The change taken apart: an answer a currency, the biggest spend first. Raises as `answer`."""
    if question.metric:
        chain_of(question.metric)
    figures = boards.figures(office, as_of, "28d")
    if not figures.rows:
        raise no_numbers(office, as_of)
    about, metric, window = _about(figures, question)
    figures = boards.figures(office, as_of, window, about.channel)
    rows = about.rows(figures)
    if not rows:
        raise no_numbers(office, as_of, about.channel)
    money: dict[str | None, list[Row]] = {}
    for row in sorted(rows, key=spend, reverse=True):
        money.setdefault(row["currency"], []).append(row)
    return tuple(_answer(office, figures, about, metric, own) for own in money.values())


def _about(figures: Figures, question: Question) -> tuple[About, str, str]:
    """What is meant, with metric and window; a name that ends like those is tried whole first."""
    window = question.span(WINDOW)
    whole = " ".join(word.removeprefix('"') for word in question.words)
    if whole != question.subject:
        named = [row for row in figures.rows if str(row["campaign_name"]) == whole]
        if len(named) == 1:
            return _campaign(named[0]), "", WINDOW
    return find(figures, question), question.metric, window


def find(figures: Figures, question: Question) -> About:
    """The channel or campaign meant; near misses and doubts keep the question."""
    given, words = question.subject, f"{question.metric} {question.when}".strip()
    try:
        channel = match_channel(given, figures.channels)
        return About(title(channel), channel, channel)
    except UnknownName as missed:
        near = missed.nearest
    try:
        return _campaign(find_campaign(figures.rows, given, words))
    except Unclear as unclear:
        raise Unclear(again(unclear.choice, question.command)) from None
    except UnknownName as error:
        if not near or question.command != "why":
            raise
        options = tuple(Option(title(each), f"why {each} {words}".strip()) for each in near)
        raise Unclear(Choice("channel", error.given, options)) from None


def _campaign(row: Row) -> About:
    return About(str(row["campaign_name"]), quoted(row), str(row["channel"]), row)


def again(choice: Choice, command: str) -> Choice:
    """The same choice, of which each asks this question instead of `campaign`."""
    options = (
        replace(each, asks=f"{command}{each.asks.removeprefix('campaign')}")
        for each in choice.options
    )
    return replace(choice, options=tuple(options))


def _metric(office: Office, about: About, rows: Sequence[Row], figures: Figures) -> str:
    """What the cell judges by, as far as it can be taken apart."""
    if about.row:
        wanted = judged_by(rows[0], office.rulebook)
    else:
        totals = figures.total("channel", about.channel)
        own = [total for total in totals if total["currency"] == rows[0]["currency"]]
        wanted = head_metric(own[0], rows, office.rulebook) if own else "spend"
    fine = (name for name in (wanted, *EVERY_DAY) if name in CHAINS)
    return next(name for name in fine if CHAINS[name].adds or len(rows) == 1)


def _answer(
    office: Office, figures: Figures, about: About, given: str, rows: list[Row]
) -> WhyAnswer:
    metric = given or _metric(office, about, rows, figures)
    known = office.rulebook.metrics.get(metric)
    asks = f"why {about.asks} {metric}"
    found = split_rows(rows, metric)
    told = WhyAnswer(
        name=about.name,
        metric=metric,
        asked=f"{asks} {figures.window}",
        window=figures.window,
        now_days=(figures.now.since, figures.now.until),
        before_days=(figures.before.since, figures.before.until),
        was=found.before,
        now=found.now,
        currency=rows[0]["currency"],
        left_out=found.left_out,
        longer=f"{asks} 28d" if figures.window != "28d" else "",
        late=late(office, figures, [about.channel]),
    )
    if found.change is None:
        return replace(told, lack=_lack(found, rows))
    shown = _shown(told, found, known.unit if known else "ratio")
    return _made(shown, found, {str(row["entity"]): row for row in rows}, figures.window)


def _shown(told: WhyAnswer, found: Split, unit: str) -> WhyAnswer:
    """With the numbers as shown, and the parts that add up to them."""
    assert found.now is not None
    assert found.before is not None
    change = found.now - found.before
    digits = digits_of(unit, change)
    was, now = rounded(found.before, digits), rounded(found.now, digits)
    amounts = [found.factors[name] for name in found.factors]
    shares = apportioned(amounts, now - was, digits)
    parts = [
        WhyPart(name, amount, shown, *found.steps.get(name, (None, None)))
        for name, amount, shown in zip(found.factors, amounts, shares, strict=True)
    ]
    return replace(
        told,
        digits=digits,
        shown_was=was,
        shown_now=now,
        shown_change=now - was,
        parts=tuple(parts),
    )


def _made(told: WhyAnswer, found: Split, rows: Mapping[str, Row], window: str) -> WhyAnswer:
    """With what each campaign made of it, the biggest first."""
    made = found.campaigns.sum(axis=1)
    order = sorted(made.index, key=lambda entity: (-abs(made[entity]), str(entity)))
    amounts = [float(made[entity]) for entity in order]
    shares = apportioned(amounts, told.shown_change, told.digits)
    campaigns = tuple(
        WhyCampaign(
            str(rows[entity]["campaign_id"]),
            str(rows[entity]["campaign_name"]),
            amount,
            shown,
            found.gaps.get(entity),
        )
        for entity, amount, shown in zip(order, amounts, shares, strict=True)
    )
    deeper = f"why {quoted(rows[order[0]])} {told.metric} {window}" if len(order) > 1 else ""
    return replace(told, campaigns=campaigns, deeper=deeper)


def _lack(found: Split, rows: Iterable[Row]) -> Gap:
    """Why there is no number: which column is missing or zero, and when."""
    chain, table = CHAINS[found.metric], list(rows)
    when = [word for word, value in (("before", found.before), ("now", found.now)) if value is None]
    for column in (chain.columns[-1], chain.columns[0]):
        counted = [row.get(f"{when[0]}.{column}") for row in table]
        known = [value for value in counted if value is not None]
        if not known or not sum(known):
            return Gap("none" if known else "missing", " and ".join(when), column)
    return Gap("missing", " and ".join(when), chain.columns[-1])


def _nameless(
    office: Office, question: Question, asker: Asker, as_of: date, missed: UnknownName
) -> Reply:
    """A sentence about nobody (`why did CPA rise?`): of which channel; else what is unknown.

    Raises:
        UnknownName, Unclear: What was missed, without the words that only hold it together.
    """
    sentence = as_sentence(question)
    if sentence is None:
        raise missed
    if not spans(sentence.names):
        return _which(office, sentence.question, asker, as_of)
    name = " ".join(sentence.names)
    find(boards.figures(office, as_of, "28d"), replace(sentence.question, subject=name))
    raise missed


def _which(office: Office, question: Question, asker: Asker, as_of: date) -> Reply:
    """`/perf why` of nobody: the channels there are, as buttons."""
    channels = boards.figures(office, as_of, "28d").channels
    if not channels:
        raise no_numbers(office, as_of)
    words = f"{question.metric} {question.when}".strip()
    options = tuple(
        Option(title(each), f"why {each} {words}".strip()) for each in channels[:NEAREST]
    )
    message = office.renderer(asker.language).render(
        "choose", choice=Choice("channel", "", options)
    )
    return Reply(message.text, message.blocks)
