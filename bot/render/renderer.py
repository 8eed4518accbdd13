"""Templates to Block Kit: values in, one message or view out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from bot.domain.advice import Advice
from bot.errors import PerfbotError, UnknownName
from bot.numbers.metrics.glossary import Metric
from bot.places import bytecode_folder, marks, shipped, version_of
from bot.render import catalogue, escaping
from bot.render import rule_messages as ruling
from bot.render.catalogue import Speech
from bot.render.charts import without_visualization
from bot.render.escaping import Words, flat, mark, plain
from bot.render.lexicon import shipped_metrics
from bot.render.page import Page
from bot.render.phrases import Phrases
from bot.render.toolbox import Toolbox
from bot.render.values.answers import ErrorView, Option
from bot.render.values.news import ShownFault

_PAGE = (
    *("conclude", "title", "header", "para", "item", "step", "quote", "gap", "divider", "note"),
    *("aside", "fields", "table", "row", "draw", "actions", "input", "choices"),
)
_ASKS = {"channel", "campaign", "stage", "pricing"}
_CALLBACKS = {
    "dismiss": "advice.dismiss",
    "snooze": "advice.snooze",
    "partly": "advice.partly",
    "apply": "advice.apply",
    "evidence": "advice.evidence",
    "subscribe": "subscribe",
}


class StrayText(PerfbotError):
    """A template said something outside every block: a mistake in the template."""

    code = "template"


@dataclass(frozen=True)
class Message:
    """A message: `text` states the conclusion, `blocks` show it."""

    text: str
    blocks: list[dict[str, Any]]


class TemplateBytecode(FileSystemBytecodeCache):
    """Compiled templates, left for the next process; a full disk keeps nobody from an answer."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


class Renderer:
    """Renders every template in one language.

    Args:
        language: `en`, `nb`, or a region of them (`en-US`) for its forms of numbers.
        folder: Of templates; the shipped one by default.
        metrics: The glossary (`Rulebook.metrics`) for units and titles, by default the shipped.
    """

    def __init__(
        self,
        language: str = "en",
        *,
        folder: Path | None = None,
        metrics: Mapping[str, Metric] | None = None,
    ) -> None:
        self.language, self.folder = language, folder or shipped("templates")
        self.speech = Speech(language, self.folder)
        self.phrases = Phrases(self.speech, metrics or shipped_metrics())
        self._toolbox = Toolbox(self.phrases)
        self._templates = self._environment()

    def render(self, template: str, **values: Any) -> Message:
        """A message of `templates/<template>.j2`; render.values.templates says what each takes."""
        page = self._page(template, "message", values)
        blocks = page.finish()
        return Message(page.text, blocks)

    def modal(self, template: str, **values: Any) -> dict[str, Any]:
        """A modal, ready for views.open; its private_metadata is the advice id where it has one.

        Slack draws no charts in modals: there they are a line of text.
        """
        page = self._page(template, "modal", values)
        card = values.get("card") or getattr(values.get("evidence"), "card", None)
        return {
            "type": "modal",
            "callback_id": _CALLBACKS.get(template, template),
            "private_metadata": card.id if card else "",
            **{name: plain(text, 24) for name, text in page.titles.items()},
            "blocks": without_visualization(page.finish(), self.speech.forms),
        }

    def home(self, template: str = "home", **values: Any) -> dict[str, Any]:
        """A Home tab, ready for views.publish."""
        return {"type": "home", "blocks": self._page(template, "home", values).finish()}

    def error(self, error: PerfbotError) -> Message:
        """An error in one sentence with the way out; near misses become buttons."""
        return self.render("error", error=error_view(error))

    def plainly(self, error: PerfbotError) -> str:
        """An error as plain text: what a modal shows at a field, where nothing is escaped."""
        view = error_view(error)
        if isinstance(error, UnknownName):
            return flat(self.phrases.unknown(error.kind, error.given))
        return flat(self._toolbox.complaints.complaint(view))

    def sentence(self, text: str) -> str:
        """A sentence with its values, as plain text; one the catalogue lacks stays as it is."""
        return flat(self._toolbox.complaints.sentence(text))

    def of_fault(self, shown: ShownFault) -> str:
        """What is wrong with an account's numbers, as plain text."""
        return flat(self._toolbox.health.sentence(shown))

    def rule(self, advice: Advice) -> str:
        """The rule's own message about this advice, as plain text in the reader's language."""
        return flat(self._ruled(advice))

    def _ruled(self, advice: Advice) -> Words:
        return ruling.ruled(advice, self.phrases, self._toolbox.rules)

    def _page(self, template: str, surface: str, values: Mapping[str, Any]) -> Page:
        page = Page(self.speech, surface)
        tools = {name: getattr(page, name) for name in _PAGE}
        stray_text = self._templates.get_template(f"{template}.j2").render(**tools, **values)
        if stray_text.strip():
            raise StrayText(f"{template}.j2 says {stray_text.strip()[:60]!r} outside every block.")
        return page

    def _environment(self) -> Environment:
        environment = Environment(  # noqa: S701 - Block Kit, not HTML: `finalize` keeps values inert
            loader=FileSystemLoader(self.folder),
            bytecode_cache=_bytecode(),
            undefined=StrictUndefined,
            finalize=mark_unless_empty,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals = {**self._toolbox.tools(), "rule": self._ruled}
        return environment


class Renderers(Mapping[str, Renderer]):
    """A renderer for each language there is, made when it is first wanted.

    Args:
        metrics: The glossary; see `Renderer`.
    """

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self._metrics = metrics
        self._languages = languages()
        self._ready: dict[str, Renderer] = {}

    def __getitem__(self, language: str) -> Renderer:
        if language not in self._languages:
            raise KeyError(language)
        if language not in self._ready:
            self._ready[language] = Renderer(language, metrics=self._metrics)
        return self._ready[language]

    def __contains__(self, language: object) -> bool:
        return language in self._languages

    def __iter__(self) -> Iterator[str]:
        return iter(self._languages)

    def __len__(self) -> int:
        return len(self._languages)


def _bytecode() -> TemplateBytecode | None:
    """Under names of their own for each state of the code that says how constants are compiled."""
    folder = bytecode_folder()
    if folder is None:
        return None
    version = version_of(marks(Path(__file__), Path(escaping.__file__)))
    return TemplateBytecode(str(folder), f"template-{version}-%s.cache")


def mark_unless_empty(value: object) -> object:
    """Jinja's `finalize`: our own words stay, everything else becomes an inert value."""
    return value if value == "" else mark(value)


def languages(folder: Path | None = None) -> tuple[str, ...]:
    """Languages messages exist in, English first."""
    return catalogue.languages(folder)


def error_view(error: PerfbotError) -> ErrorView:
    """An error as the template takes it: a name nobody knows with its nearest ones."""
    if isinstance(error, UnknownName):
        options = tuple(_option(error.kind, name) for name in error.nearest[:5])
        return ErrorView(error.code, kind=error.kind, given=error.given, nearest=options)
    message, hint = error.sentences
    return ErrorView(error.code, message=message, hint=hint)


def _option(kind: str, name: str) -> Option:
    asks = f"{kind} {name}" if kind in _ASKS else name if kind == "command" else ""
    return Option(name, asks)
