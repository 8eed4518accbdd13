"""Every kind of input: how one is drawn, and what must hold when it comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.ask import Asker
from bot.errors import PerfbotError
from bot.places import CHECKOUT
from bot.rules_files import load, loading
from bot.settings import read
from bot.sources import exports
from tests.fuzz import mutating, seeds
from tests.fuzz.harness import FORM, JSON, Harness, answered
from tests.fuzz.mutating import Chance
from tests.office import MORNING

ADDRESSES = ("/slack/events", "/slack/commands", "/slack/interactive", "/healthz", "/readyz",
             "/metrics", "/orders", "/x")  # fmt: skip
TYPES = (JSON, FORM, "text/plain", "multipart/form-data", "x/y; charset=ø")


@dataclass(frozen=True)
class Kind:
    """A kind of input.

    Attributes:
        draw: Makes one.
        check: Throws it, and fails where anything breaks.
    """

    draw: Callable[[Chance], Any]
    check: Callable[[Any], None]


def kinds(perfbot: Harness, folder: Path) -> Mapping[str, Kind]:
    """Every kind by its name; a folder for files."""
    files = Files(folder)
    heard = perfbot.heard
    return {
        "question": Kind(lambda chance: mutating.text(chance, seeds.QUESTIONS), asked(perfbot)),
        "command": Kind(_command, heard),
        "action": Kind(lambda chance: mutating.value(chance, seeds.ACTIONS), heard),
        "view": Kind(lambda chance: mutating.value(chance, seeds.VIEWS), heard),
        "event": Kind(lambda chance: mutating.value(chance, seeds.EVENTS), heard),
        "http": Kind(_request, sent(perfbot)),
        "file": Kind(lambda chance: mutating.content(chance, seeds.FILES), files.export),
        "settings": Kind(lambda chance: mutating.text(chance, seeds.SETTINGS), files.settings),
        "rule": Kind(lambda chance: mutating.text(chance, seeds.RULES), files.rules),
        "template": Kind(_template, files.rules),
    }


def asked(perfbot: Harness) -> Callable[[Any], None]:
    """A question at the desk: it is answered in words and blocks Slack accepts."""
    asker = Asker(seeds.USER, seeds.CHANNEL, "en", "Europe/Oslo")

    def ask(text: str) -> None:
        answered(perfbot.office.desk.ask(text, asker, MORNING))

    return ask


def _command(chance: Chance) -> Any:
    """The same by Slack's own door, with whatever else a command's form may lack."""
    form = mutating.value(chance, (seeds.COMMAND,), 2)
    text = mutating.text(chance, seeds.QUESTIONS, 2)
    return {**form, "text": text} if isinstance(form, dict) else form


def _request(chance: Chance) -> tuple[bytes, str, str]:
    content = mutating.content(chance, seeds.BODIES)
    return content, chance.one_of(TYPES), chance.one_of(ADDRESSES)


def sent(perfbot: Harness) -> Callable[[Any], None]:
    """Signed bytes of any content type at every address: 200 or a refusal, never a 500."""

    def send(request: tuple[bytes, str, str]) -> None:
        content, kind, path = request
        perfbot.faults.records.clear()
        status = perfbot.post(content, content_type=kind, path=path)
        assert status in {200, 400, 401, 404, 405, 413}, (status, request)
        assert not perfbot.faults.records, perfbot.faults.records[0]

    return send


class Files:
    """What people write in files: read, or refused in a sentence with what to do."""

    def __init__(self, folder: Path) -> None:
        self.table, self.toml = folder / "export.csv", folder / "perfbot.toml"
        self.own = folder / "own"
        self.own.mkdir()

    def export(self, content: bytes) -> None:
        """An export bent, cut and spliced: no day of a campaign comes twice."""
        self.table.write_bytes(content)
        try:
            frame = exports.read(self.table).frame
        except PerfbotError as error:
            said(error)
        else:
            assert not frame.duplicated(["date", "channel", "account_id", "campaign_id"]).any()

    def settings(self, text: str) -> None:
        """perfbot.toml as nobody would write it: settings, or every problem with its line."""
        self.toml.write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            read(str(self.toml), {})
        except PerfbotError as error:
            said(error)

    def rules(self, text: str) -> None:
        """A rule file of one's own, or the template of a message: rules, or every problem."""
        (self.own / "own.yml").write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            load(self.own)
        except PerfbotError as error:
            said(error)


def _template(chance: Chance) -> str:
    """A real rule whose message is a template somebody might try."""
    message = mutating.text(chance, seeds.MESSAGES)
    quoted = '"' + message.replace("\\", "\\\\").replace('"', '\\"') + '"'
    rule = chance.one_of(seeds.RULES)
    return re.sub(r"  message: >-\n(?:    .*\n)+", lambda _: f"  message: {quoted}\n", rule)


def said(error: PerfbotError) -> None:
    """A refusal is words, without a traceback, a path of ours or a Python type."""
    words = str(error)
    assert words.strip()
    assert "Traceback" not in words
    assert str(Path(loading.__file__).parent) not in words


@contextmanager
def small_rules(folder: Path) -> Iterator[None]:
    """Metrics and thresholds as shipped, and one file for the rule that is thrown."""
    for name in ("metrics.yml", "thresholds.yml"):
        (folder / name).write_bytes((CHECKOUT / "rules" / name).read_bytes())
    shipped = loading.shipped
    loading.shipped = lambda _name: folder
    try:
        yield
    finally:
        loading.shipped = shipped
