"""A sentence that was read to its answer: the one feature that answers such a question.

What is read with certainty is answered here; of a sentence nobody can place the router says that
it was not understood. Nothing is changed by a sentence alone.

Beside an answer stand the advice that explains it, and what else may have been asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.ask import advice_answers as advised
from bot.ask import help as listing
from bot.ask.beside_answers import MOST_BLOCKS
from bot.ask.entity_linking import grouped, nobody, one_of_many, placed
from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.features import breakdown, talk
from bot.features import status as standing
from bot.features.explain import change as why
from bot.features.explain import what_if
from bot.features.measures import books, how_much, judged_prices, outlook, ranked_days, ranking
from bot.features.measures import running_campaigns as running
from bot.features.outcomes import effects
from bot.features.outcomes import effects as results
from bot.features.search import activity, moments
from bot.features.search import activity as target_changes
from bot.features.triage import wishes
from bot.numbers.decompose.chains import CHAINS
from bot.question.grammar import Question, as_subject, parse
from bot.question.slots import Slots
from bot.question.unread import whom
from bot.render.values.overviews import ReadAs as Polite
from bot.snapshot import boards
from bot.snapshot.verdicts import judged_by

Found = Reply | Question | None
Answer = Callable[[Context, Slots, Asker, date], Found]
_BETTER = re.compile(r"\b(?:beat|beaten|slo|slått|better|worse|bedre|verre|dårligere)\b")
_PAYS = re.compile(r"\b(?:worth|pay(?:s|ing)? off|profitable|lønn\w*|verdt|vits|nytte)\b")
_ANYBODY = re.compile(r"\b(?:did|has|have|har) (?:any|some)(?:one|body)\b|\b(?:har|er det) noen\b")
_WORN_OUT = re.compile(r"\b(?:wear\w*|worn|tired|fatigue\w*|slit\w*|utbrent\w*)\b")
_BECAME = re.compile(
    r"\b(?:got|gotten|became|become|getting|ble|blitt|blir) (?:\w+ )?"
    r"(?:cheaper|dearer|pricier|more expensive|dyrere|billigere|rimeligere)\b"
)
FEW = 3  # of the worst
SPANS = {
    "week": "56d",
    "month": "365d",
    "weekday": "56d",
}  # among which weeks or months the best is looked for
ONE_ONLY = {"ctr": "cpc", "frequency": "cpm"}  # of several campaigns, what they make
PARTS = {  # what there may be rows of below a campaign: the command, and of which level
    "keyword": ("keywords", ""), "search_term": ("keywords", ""), "auction": ("keywords", ""),
    "ad": ("ads", ""), "ad_set": ("ads", ""), "tired": ("ads", ""), "website": ("pages", ""),
    "audience": ("audiences", ""), "device": ("audiences", "device"),
    "placement": ("audiences", "placement"), "country": ("audiences", "region"),
}  # fmt: skip
NEEDS = {  # kinds of which only some sentences are about parts
    "auction": re.compile(r"quality|kvalitet"),
    "website": re.compile(r"landing|\b(?:which|what|worst|best) pages?\b|\bhvilken? sider?\b"),
}
REPEATED = re.compile(r"\b(?:every|each|hver)\b")
LINES = ("rich_text", "section", "context")  # blocks of an answer beside others: no tables


def answered(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    """The answer to a sentence, or the command's question that answers it; None for no answer.

    Raises:
        UnknownName: It is about a name nobody knows; the nearest is named.
        Unclear: The name fits several.
    """
    figures = boards.figures(context, as_of, "28d")
    slots = placed(figures, slots)
    one_of_many(figures, slots)
    if of_today(slots):
        slots = replace(slots, window="yesterday")
    if slots.intent not in books.INTENTS:
        slots = replace(slots, metric=how_much.column_of(slots.metric))
    return _of_each(context, slots, asker, as_of)


def of_today(slots: Slots) -> bool:
    """Whether a number of today is asked for: the newest whole day is yesterday."""
    numbers = slots.intent == "how_much" or (slots.intent == "which" and bool(slots.metric))
    return numbers and slots.window == "today" and not slots.against


def _of_each(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    """The answer; of several numbers that are listed the lines of each, without their tables."""
    worker = ANSWERS.get(slots.intent)
    if worker is None:
        return None
    if not slots.also or (slots.intent == "which" and ranking.tabled(slots)):
        also = tuple(map(how_much.column_of, slots.also))
        return worker(context, replace(slots, also=also), asker, as_of)
    answers = [
        worker(context, replace(slots, metric=how_much.column_of(name), also=()), asker, as_of)
        for name in (slots.metric, *slots.also)
    ]
    replies = [answer for answer in answers if isinstance(answer, Reply)]
    if len(replies) < len(answers) or len({reply.text for reply in replies}) == 1:
        return answers[0]  # it is told as a whole anyway
    blocks = [block for reply in replies for block in reply.blocks if block["type"] in LINES]
    return replace(
        replies[0], text=" ".join(reply.text for reply in replies), blocks=blocks[:MOST_BLOCKS]
    )


def _how_much(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    if _beside_target(slots):
        return judged_prices.against_target(context, slots, asker, as_of)
    known_metrics = {*context.rulebook.metrics, "profit", *books.METRICS}
    metric = slots.metric if slots.metric in known_metrics else "spend"
    slots = replace(slots, metric=metric)
    in_books = books.answer(context, slots, asker, as_of)
    return in_books or how_much.answer(context, slots, asker, as_of)


def _beside_target(slots: Slots) -> bool:
    """`our target, and what are we paying`: the number of one campaign, and its target with it."""
    is_campaign = len(slots.things) == 1 and slots.things[0].kind == "campaign"
    return is_campaign and not slots.form and effects.TARGET.search(slots.text) is not None


def _which(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    if running.state_of(slots) and not slots.order:
        return running.answer(context, slots, asker, as_of)
    if not slots.metric and not slots.bound and _BECAME.search(slots.text):
        return _moved(context, slots, asker, as_of)
    if paced := outlook.paced(slots):
        return outlook.answer(context, paced, asker, as_of)
    if slots.by == "channel" and not (slots.metric or slots.order or slots.bound):
        slots = replace(slots, metric="spend")  # `which channels do we use`
    if slots.by in SPANS and not slots.window:
        slots = replace(slots, window=SPANS[slots.by])
    if slots.order and slots.by and not slots.metric:
        slots = replace(slots, metric="" if slots.order in {"best", "worst"} else "spend")
        if slots.by != "campaign" and not slots.metric:
            slots = replace(slots, metric="roas")
    campaigns = [entity for entity in slots.things if entity.kind == "campaign"]
    if len(campaigns) > 1 and slots.metric and not (slots.bound or slots.by in ranked_days.DAYS):
        return _how_much(context, replace(slots, subjects=tuple(campaigns)), asker, as_of)
    if slots.bound and slots.bound.number is not None and not slots.metric:
        slots = replace(slots, metric="spend")  # `who is above 50 000`: money, and no target
    return ranking.answer(context, slots, asker, as_of)


def _compare(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    if not slots.metric and slots.things and not grouped(slots):
        return _news(context, slots, asker, as_of)  # side by side, or against the days before
    if not slots.metric:
        judged = _judged_by(context, as_of) if _BETTER.search(slots.text) else ""
        slots = replace(slots, metric=judged or "spend")
    if slots.detail == "change" and not slots.against and not slots.window:
        slots = replace(slots, window="28d")
    return _how_much(context, slots, asker, as_of)


def _news(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    """How everything goes: spend first. A channel or a campaign has its own answer."""
    if len(slots.things) > 1 and not grouped(slots):
        return _side_by_side(slots)
    if slots.things and slots.things[0].kind in {"channel", "campaign"}:
        return _command(slots.things[0].kind, slots)
    if words := whom(slots.text):
        raise nobody(boards.figures(context, as_of, "28d"), words, "campaign")
    return outlook.summary(context, slots, asker, as_of)


def _side_by_side(slots: Slots) -> Question:
    """The question of two or more about each other, number by number."""
    campaigns = [entity for entity in slots.things if entity.kind == "campaign"]
    things = campaigns if len(campaigns) > 1 else slots.things  # `of linkedin's, abm or whitepaper`
    names = " and ".join(as_subject(entity.title) for entity in things)
    when = Question("compare", window=_spoken(slots.window), compare=slots.against).when
    return parse(f"compare {names} {when}")


def _command(command: str, slots: Slots) -> Question:
    """The question a command would ask: it is said how a sentence was taken."""
    subject = slots.things[0] if slots.things else None
    name = subject.title if subject else ""
    metric = slots.metric if command == "why" else ""
    return Question(command, name, _spoken(slots.window), (), metric, slots.against)


def _spoken(window: str) -> str:
    """A window as the grammar reads it: it knows weekdays and months by their own words."""
    return re.sub(r"^since (?:on|in) ", "since ", window)


def _why(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    question = _command("why", slots)
    if question.metric and question.metric not in CHAINS:
        question = replace(question, metric="")
    of_one = bool(slots.things) and slots.things[0].kind == "campaign"
    if question.window.startswith("in ") and not question.compare:
        question = replace(question, compare="month")
    if question.metric in ONE_ONLY and not of_one:
        question = replace(question, metric=ONE_ONLY[question.metric])
    if slots.things and slots.things[0].kind in {"channel", "campaign"}:
        return question
    if not slots.metric and not slots.things:
        if words := whom(slots.text):
            raise nobody(boards.figures(context, as_of, "28d"), words, "why")
        if not (metric := _judged_by(context, as_of)):
            return None
        question = replace(question, metric=metric)
    question = replace(question, subject="", metric=question.metric or "spend")
    return why.whole(context, question, asker, as_of)


def _judged_by(context: Context, as_of: date) -> str:
    """What most of the money is judged by, where that can be taken apart; else "" ."""
    rows = boards.figures(context, as_of, "28d").biggest(1)
    metric = judged_by(rows[0], context.rulebook) if rows else ""
    return metric if metric in CHAINS else ""


def _moved(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    """What moved, and where it is asked whether anybody changed something, the log of it."""
    reply = judged_prices.movers(context, slots, asker, as_of)
    if _ANYBODY.search(slots.text) is None:
        return reply
    log = activity.doings(context, slots, asker, as_of)
    return reply.followed_by(log)


def _advice(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    if actions := advised.reason_asked(slots):
        return advised.reasons(context, slots, actions, asker, as_of)
    if advised.asks_whom_to_cut(slots):
        worst = replace(slots, intent="which", detail="", metric="", order="worst", count=FEW)
        return _which(context, worst, asker, as_of)
    if slots.detail == "one" and (reply := _of_one(context, slots, asker, as_of)):
        return reply
    if slots.detail == "tired" and (question := _of_parts(context, slots, as_of)):
        return question
    if slots.detail == "tired" or slots.intent in {"sure", "stake"}:
        return advised.meant(context, slots, asker, as_of)
    return replace(_command("advice", slots), window="")


def _of_one(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    """Whether to change what a sentence names; None where that has no answer of its own."""
    campaigns = [entity for entity in slots.things if entity.kind == "campaign"]
    if len(campaigns) > 1:
        return what_if.answer(context, slots, asker, as_of)  # `more into brand or generic?`
    if reply := wishes.weighed(context, slots, asker, as_of):
        return reply
    channel = slots.things[:1] and slots.things[0].kind == "channel"
    return _news(context, slots, asker, as_of) if channel and _PAYS.search(slots.text) else None


def _silence(_office: Context, slots: Slots, _asker: Asker, _as_of: date) -> Found:
    if not slots.things or slots.things[0].kind != "campaign":
        return replace(_command("advice", slots), window="")
    return replace(_command("why-not", slots), window="")


def _when(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    """When something was, is or will be; when an effect is known is its outcome's answer."""
    if slots.detail == "last" and slots.bound and slots.bound.number is not None:
        metric = slots.bound.metric or slots.metric
        if metric in context.rulebook.metrics:
            return ranked_days.last_day(context, replace(slots, metric=metric), asker, as_of)
    worker = effects.came_of if slots.detail == "due" else moments.moment
    if not slots.metric and _WORN_OUT.search(slots.text):
        slots = replace(slots, metric="ctr")
    return worker(context, slots, asker, as_of)


def _who(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    """Who did what; of a campaign's target from what to what, too."""
    changed = (
        activity.newest_target(context, slots.things[0].title, context.zone(asker))
        if (
            slots.things
            and not slots.people
            and not slots.window
            and effects.TARGET.search(slots.text)
        )
        else None
    )
    history = target_changes.history(context, slots, asker, as_of) if changed else None
    return history or activity.doings(context, slots, asker, as_of)


def _target(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    if slots.detail in {"source", "was"} and (
        history := target_changes.history(context, slots, asker, as_of)
    ):
        return history
    campaigns = [entity for entity in slots.things if entity.kind == "campaign"]
    if campaigns:
        return judged_prices.against_target(context, slots, asker, as_of)
    if slots.detail == "off":
        return _which(context, replace(slots, metric="target"), asker, as_of)
    question = _command("targets", slots)
    if question.metric or slots.metric not in context.rulebook.metrics:
        return standing.targets(context, replace(question, metric=""), asker, as_of)
    return standing.targets(context, replace(question, metric=slots.metric), asker, as_of)


def _tests(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    if slots.detail == "length":
        return effects.answer(context, slots, asker, as_of)
    worker = results.outcomes if slots.detail == "done" else results.tests
    return worker(context, Question("tests"), asker, as_of)


def _do(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    if slots.detail == "report" and REPEATED.search(slots.text):
        slots = replace(slots, detail="subscribe")
    if slots.detail == "report":
        if not slots.window:
            monthly = re.search(r"month|måned", slots.text)
            slots = replace(slots, window="lastmonth" if monthly else "lastweek")
        return outlook.summary(context, slots, asker, as_of)
    return wishes.wish(context, slots, asker, as_of)


def _unknown(context: Context, slots: Slots, asker: Asker, as_of: date) -> Found:
    if slots.detail == "client":
        rows = boards.figures(context, as_of, "28d").rows
        if any(row.client for row in rows):
            return _which(
                context, replace(slots, by="client", metric=slots.metric or "spend"), asker, as_of
            )
    if slots.detail == books.REFUNDS and (reply := books.taken_back(context, slots, asker, as_of)):
        return reply
    return _of_parts(context, slots, as_of) or talk.not_known(context, slots, asker, as_of)


def _of_parts(context: Context, slots: Slots, as_of: date) -> Question | None:
    """The question about what goes on below campaigns, where there are rows of it."""
    command, level = PARTS.get(slots.detail, ("", ""))
    if needed := NEEDS.get(slots.detail):
        command = command if needed.search(slots.text) else ""
    if not command:
        return None
    of_all = replace(slots, metric="", against="")
    question = replace(_command(command, of_all), metric=level)
    return question if breakdown.known(context, question, as_of) else None


def _help(context: Context, _slots: Slots, asker: Asker, as_of: date) -> Found:
    return listing.help_(context, asker, as_of)


def _thanks(context: Context, _slots: Slots, asker: Asker, _as_of: date) -> Found:
    message = context.renderer(asker.language).render("understood", heard=Polite(thanks=True))
    return Reply(message.text, message.blocks)


ANSWERS: Mapping[str, Answer] = {
    "thanks": _thanks,
    "hello": talk.talk,
    "self": talk.talk,
    "off_subject": talk.talk,
    "help": _help,
    "do": _do,
    "unknown": _unknown,
    "define": talk.definition,
    "who": _who,
    "when": _when,
    "outcome": effects.came_of,
    "what_if": what_if.answer,
    "forecast": outlook.answer,
    "pace": outlook.answer,
    "tracking": wishes.tracking,
    "tests": _tests,
    "stake": _advice,
    "sure": _advice,
    "silence": _silence,
    "advice": _advice,
    "target": _target,
    "which": _which,
    "compare": _compare,
    "why": _why,
    "moved": _moved,
    "how_much": _how_much,
    "news": _news,
}
