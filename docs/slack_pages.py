"""A page a `/perf` command: people's words from docs/asking, everything else from the code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.ask import Asker, Reply
from bot.cli.door import COMMANDS as TERMINAL
from bot.cli.plain_text import plain
from bot.domain.replies import Blocks
from bot.errors import NotAllowed
from bot.question.vocabulary import COMMANDS
from bot.settings.models import Who
from bot.slack.say import shared
from docs.asking import ASKING, BUTTONS, Asking
from docs.stage import CHANNEL, KARI, OLA, SHIFT, Moment, Stage

WHEN = {
    Moment.MONDAY: "On the morning of Monday 23 November 2026, on the demo's numbers",
    Moment.ANSWERED: "The same Monday at 08:20, when Kari has acknowledged a move and Ola has"
    " dismissed the landing page, still on the demo's numbers",
    Moment.WEEKS_LATER: "On 5 January 2027, when the move that Kari acknowledged on"
    " 23 November can be read",
}
MAY = {
    "viewer": "everybody, or whoever `viewers` names",
    "answerer": "whoever may answer advice: everybody, or whoever `answerers` names",
    "admin": "admins: everybody, or whoever `admins` names",
}
ROLES = {"viewer": "U0VIEWER", "answerer": "U0ANSWERER", "admin": "U0ADMIN"}
BY_ROLE = Who(viewers=(ROLES["viewer"],), answerers=(ROLES["answerer"],), admins=(ROLES["admin"],))


def page(name: str, stage: Stage) -> Iterator[str]:
    """The lines of a command's page, under its title."""
    asking = ASKING[name]
    yield f"**{asking.question}**"
    yield ""
    yield asking.does
    yield ""
    yield from _typed(name, asking)
    yield from _answered(asking, stage)
    yield from _listed(
        "What it says", ((f"`{each}`", meaning) for each, meaning in asking.parts.items())
    )
    yield from _listed("Buttons", _buttons(answer(asking, stage).blocks))
    if name == "digest":
        yield from _thread(stage)
    yield from _rest(name, asking, stage)
    yield from _norwegian(asking, stage)
    yield from _see(name, asking)


def _typed(name: str, asking: Asking) -> Iterator[str]:
    yield "| in English | in Norwegian |"
    yield "|---|---|"
    rows = max(len(asking.english), len(asking.norwegian))
    for at in range(rows):
        yield f"| {_cell(asking.english, at)} | {_cell(asking.norwegian, at)} |"
    yield ""
    yield f"Understood as well, for `{name}`: {_words(COMMANDS[name], name)}."
    if asking.window:
        yield "[Days](../commands.md#days) may stand after it: `28d`, `mtd`, `last week`,"
        yield "`2026-11-01..2026-11-15`."
    if asking.compare:
        target = ", `vs target`" if asking.aim else ""
        yield "So may [what to compare with](../commands.md#what-to-compare-with):"
        yield f"`vs last month`, `vs last year`{target}."


def _parts(asking: Asking) -> list[tuple[str, str]]:
    return [(f"`{said}`", meaning) for said, meaning in asking.parts.items()]


def _cell(examples: Sequence[str], at: int) -> str:
    return f"`{examples[at]}`".replace("|", "\\|") if at < len(examples) else ""


def _words(words: Iterable[str], but: str) -> str:
    return ", ".join(f"`{word}`" for word in words if word != but)


def _answered(asking: Asking, stage: Stage) -> Iterator[str]:
    yield ""
    yield "## An answer"
    yield ""
    yield f"{WHEN[asking.when]}, Kari asks `{asking.english[0]}`:"
    yield ""
    yield from _block(answer(asking, stage))


def _norwegian(asking: Asking, stage: Stage) -> Iterator[str]:
    yield ""
    yield "## In Norwegian"
    yield ""
    yield f"Ola reads Norwegian, and asks `{asking.norwegian[0]}`:"
    yield ""
    yield from _block(answer(asking, stage, language="nb"))


def _block(reply: Reply) -> Iterator[str]:
    yield "```text"
    yield said(reply)
    yield "```"


def answer(asking: Asking, stage: Stage, question: str = "", language: str = "en") -> Reply:
    """What the desk answers to a question at the command's moment; by default its example."""
    who, example = (KARI, asking.english) if language == "en" else (OLA, asking.norwegian)
    asker = Asker(who, CHANNEL, language, "Europe/Oslo")
    desk = stage.desk(asking.when)
    reply = desk.ask(question or example[0], asker, asking.when.as_of, dry=True)
    seen = shared(reply.blocks) if reply.response_type == "in_channel" else reply.blocks
    return replace(reply, blocks=seen)


def said(reply: Reply) -> str:
    """An answer as `perfbot ask` prints it, with ordinary spaces."""
    return _spaced(plain(reply.blocks) or reply.text)


def _spaced(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _listed(title: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    pairs = list(pairs)
    if pairs:
        yield ""
        yield f"## {title}"
        yield ""
    for label, meaning in pairs:
        yield f"- {label}: {meaning}"


def _thread(stage: Stage) -> Iterator[str]:
    """A message of the digest's thread, and what its buttons do."""
    store = stage.desk(Moment.MONDAY).context.store
    (moved,) = (one.advice.id for one in store.all_advice() if one.advice.action == SHIFT)
    message = store.messages_of(moved)[0]
    yield ""
    yield "## In its thread"
    yield ""
    yield "Each piece of advice has a message of its own there. This is one of this morning's:"
    yield ""
    yield "```text"
    yield _spaced(plain(message.blocks))
    yield "```"
    yield ""
    yield from (f"- {label}: {meaning}" for label, meaning in _buttons(message.blocks))


def _buttons(blocks: Blocks) -> list[tuple[str, str]]:
    """Each kind of button in an answer, by its labels, and what it does."""
    found: dict[str, dict[str, None]] = {}
    for action, label in pressed([dict(block) for block in blocks]):
        found.setdefault(BUTTONS[kind_of(action)], {})[f"**{label}**"] = None
    return [(", ".join(labels), meaning) for meaning, labels in found.items()]


def pressed(thing: Any) -> Iterator[tuple[str, str]]:
    """(action id, label) of every button anywhere in blocks."""
    if isinstance(thing, Mapping):
        if "action_id" in thing:
            label = thing.get("text") or thing.get("placeholder") or {}
            yield str(thing["action_id"]), str(label.get("text", ""))
        thing = list(thing.values())
    if isinstance(thing, list | tuple):
        for each in thing:
            yield from pressed(each)


def kind_of(action: str) -> str:
    """`choose.advice` and `choose.2` are one kind: `choose`."""
    if action in BUTTONS:
        return action
    kinds = [kind for kind in BUTTONS if action.startswith(kind.removesuffix(".open") + ".")]
    if not kinds:
        raise LookupError(f"docs/asking/__init__.py says nothing of the button {action}.")
    return kinds[0]


def _rest(name: str, asking: Asking, stage: Stage) -> Iterator[str]:
    yield ""
    yield "## Good to know"
    yield ""
    if asking.more:
        yield f"- {asking.more}"
    yield f"- Who may: {MAY[role(name, stage)]} (`[who]` in [the settings](../settings.md))."


def role(name: str, stage: Stage) -> str:
    """The least role whose question is answered, found by asking as each."""
    desk = stage.desk(Moment.MONDAY, BY_ROLE)
    for each, user in ROLES.items():
        asker = Asker(user, CHANNEL, "en", "Europe/Oslo")
        reply = desk.ask(ASKING[name].english[0], asker, Moment.MONDAY.as_of, dry=True)
        if not isinstance(reply.error, NotAllowed):
            return each
    raise LookupError(f"Nobody may ask /perf {name}.")


def _see(name: str, asking: Asking) -> Iterator[str]:
    near = [f"[`/perf {each}`]({each}.md)" for each in asking.see]
    if name in TERMINAL:
        near.append(f"in a terminal [`perfbot {name}`](../cli/{name}.md)")
    yield ""
    yield f"See also: {', '.join([*near, '[all commands](../commands.md)'])}."
