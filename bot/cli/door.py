"""The commands by name, each loaded when it is called, and how errors are told.

What the terminal says is in the language that perfbot.toml names; programs are told in English.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from threading import RLock
from types import ModuleType
from typing import Any, NoReturn

import click

from bot.cli.options import everywhere
from bot.errors import PerfbotError, UnknownName
from bot.redaction import redacted
from bot.sentences import Sentence

LANGUAGE: ContextVar[str] = ContextVar("language", default="en")
"""The language of this command: English until its settings are read."""


def in_words(text: str) -> str:
    """A sentence of ours in that language; one nobody translated stays as it is."""
    language = LANGUAGE.get()
    if language == "en" or not text:  # a column may have no heading
        return str(text)
    from bot.render import Renderer  # noqa: PLC0415, English needs none

    return Renderer(language).sentence(text)


def told(error: PerfbotError) -> str:
    """An error with its place, as `str(error)` has it."""
    language = LANGUAGE.get()
    if language == "en":
        return str(error)
    place = ":".join(str(part) for part in (error.file, error.line) if part)
    sentence = _plainly(error, language) or " ".join(filter(None, map(in_words, error.sentences)))
    return f"{place}: {sentence}" if place else sentence


def _plainly(error: PerfbotError, language: str) -> str:
    """A name nobody knows, which has words of its own for each kind."""
    if not isinstance(error, UnknownName):
        return ""
    from bot.render import Renderer  # noqa: PLC0415, English needs none

    return f"{Renderer(language).plainly(error)} {error.hint}".strip()


@click.command("version")
@everywhere
def version_command(db: str | None, config: str | None) -> None:  # noqa: ARG001, same for all
    """Which perfbot this is."""
    click.echo(f"perfbot {version()}")


def version() -> str:
    """The installed version, or "from a checkout" where it was never installed."""
    from importlib import metadata  # noqa: PLC0415, half of what `perfbot --help` would take

    try:
        return metadata.version("perfbot")
    except metadata.PackageNotFoundError:
        return "from a checkout"


COMMANDS = {
    "demo": (
        "bot.cli.run_commands",
        "See perfbot work: a local Slack, a made-up market, no tokens.",
    ),
    "init": ("bot.cli.init", "Set up: connect what you have, pull 60 days, the first digest."),
    "run": ("bot.cli.run_commands", "Everything in one process: Slack, pulls, digests."),
    "web": ("bot.cli.run_commands", "Slack's door only (socket or HTTP), without jobs."),
    "worker": ("bot.cli.run_commands", "Pulls and digests only, without Slack's door."),
    "import": ("bot.cli.ingest", "Read exports into the database."),
    "orders": ("bot.cli.orders", "Read orders; the books beside what platforms claim."),
    "leads": ("bot.cli.leads", "Read leads from a CRM; which were qualified, and won."),
    "satisfaction": ("bot.cli.leads", "Read answers to NPS or CSAT surveys."),
    "pull": ("bot.cli.pull_sources", "Pull the sources named in perfbot.toml."),
    "board": ("bot.cli.morning_commands", "One row a campaign: every metric, now and before."),
    "advise": ("bot.cli.morning_commands", "What to do this morning, and what was held back."),
    "judge": ("bot.cli.judge", "Judge a morning shard by shard, here or on Apache Spark."),
    "ask": ("bot.cli.morning_commands", 'Ask as in Slack: perfbot ask "/perf channel google".'),
    "digest": ("bot.cli.morning_commands", "This morning's digest."),
    "why": ("bot.cli.looking_up", "Take a change apart: why google cpa 28d."),
    "why-not": ("bot.cli.looking_up", "What holds advice about a campaign back."),
    "export": ("bot.cli.looking_up", "Daily numbers as CSV or Excel."),
    "find": ("bot.cli.looking_up", "Campaigns, advice and answers by their words."),
    "audit": ("bot.cli.looking_up", "Who answered and changed what, from the log."),
    "outcomes": ("bot.cli.outcomes", "What came of acknowledged moves, and of each rule."),
    "rules": ("bot.cli.rules", "Check, test, list or explain the rules."),
    "plan": ("bot.cli.plan_commands", "What the campaigns are for: check or export it."),
    "clients": (
        "bot.cli.plan_commands",
        "Whose the campaigns are, and which channels show them.",
    ),
    "backup": ("bot.cli.databases", "Everything into one file, while perfbot runs."),
    "restore": ("bot.cli.databases", "Put a backup in the place of what is there."),
    "forget": ("bot.cli.databases", "Forget a person: what they decided stays, who did not."),
    "export-everything": ("bot.cli.databases", "Every table as CSV and JSON, in a zip."),
    "db": ("bot.cli.databases", "Look after the database."),
    "mcp": ("bot.cli.assistant", "Let an assistant ask: read-only tools over stdio (MCP)."),
    "doctor": ("bot.cli.upkeep", "Is everything in place? What to do where it is not."),
    "version": ("bot.cli.door", "Which perfbot this is."),
}


FIRST_LOOK = 50_000
"""Objects made before the youngest are looked through for garbage."""


SERVING = frozenset({"demo", "run", "web", "worker", "mcp"})
"""Commands that answer many people at once: what they need is there before anybody asks."""


class WhenUsed(ModuleType):
    """A library that is loaded when something in it is first used.

    An answer from a stored board needs no pandas, though much that could answer otherwise does;
    a fifth of such an answer would be loading it. False until then: sqlite-utils asks `if pandas`.
    Python's own `LazyLoader` is true from the first, and lets two threads load at once in 3.11.2.
    """

    _lock = RLock()

    @classmethod
    def put_off(cls, name: str, then: Callable[[], None] = lambda: None) -> None:
        """From here on `import name` loads nothing yet; does nothing where it is loaded.

        `then` is called once it is.
        """
        from importlib.util import find_spec  # noqa: PLC0415, `perfbot --help` puts nothing off

        spec = None if name in sys.modules else find_spec(name)
        if spec is not None:
            module = cls(name)
            module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
            vars(module)["_then"] = then
            sys.modules[name] = module

    def __bool__(self) -> bool:
        return self.__class__ is ModuleType

    def __getattr__(self, attribute: str) -> Any:
        with self._lock:
            if self.__class__ is WhenUsed and "__path__" not in self.__dict__:
                self._load()
                return getattr(self, attribute)
            if self.__class__ is ModuleType and attribute in self.__dict__:
                return self.__dict__[attribute]  # loaded meanwhile, by somebody else
        raise AttributeError(f"module {self.__name__!r} has no attribute {attribute!r}")

    def _load(self) -> None:
        spec = self.__spec__
        assert spec is not None
        assert spec.loader is not None
        self.__path__ = spec.submodule_search_locations or []
        spec.loader.exec_module(self)
        self.__class__ = ModuleType  # type: ignore[assignment]
        vars(self).pop("_then")()


def _text_as_in_python() -> None:
    from bot.numbers.input.columns import TEXT_STORAGE  # noqa: PLC0415, with pandas only

    sys.modules["pandas"].set_option(*TEXT_STORAGE)


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002, click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(_unknown(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002, click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


def _unknown(command: str) -> str:
    import difflib  # noqa: PLC0415, wanted only where something was mistyped

    near = difflib.get_close_matches(command, COMMANDS, n=1)
    hint = f"Did you mean `perfbot {near[0]}`?" if near else "See `perfbot --help`."
    return f"There is no command {command!r}. {hint}"


def _version(ctx: click.Context, _: click.Parameter, requested: bool) -> None:
    if requested:
        click.echo(f"perfbot {version()}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
              help="Which perfbot this is.")  # fmt: skip
def cli() -> None:
    """Campaign advice in Slack: quiet, right, and measured afterwards.

    New here? `perfbot demo` shows everything, without Slack or tokens.
    """


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run perfbot: 0 fine, 1 found something wrong, 2 wrong use. Never a traceback.

    Args:
        args: Words of the command line; default those perfbot was called with.
    """
    # what is imported stays; looking through it for garbage again and again takes a tenth of the
    # time of a first answer
    gc.set_threshold(FIRST_LOOK, *gc.get_threshold()[1:])
    # pydantic would look through every package there is for plugins of its own; perfbot uses none
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    sys.exit(answered(sys.argv[1:] if args is None else args))


def answered(args: Sequence[str]) -> int:
    """As `run`, in a process that does nothing else: what it may not need is not loaded yet."""
    if COMMANDS.keys() & args[:1] and not SERVING.intersection(args[:1]):
        WhenUsed.put_off("pandas", _text_as_in_python)
    return run(args)


def run(args: Sequence[str] | None = None) -> int:
    """As `main`, but returns the exit code."""
    LANGUAGE.set("en")
    try:
        code = cli.main(args, prog_name="perfbot", standalone_mode=False, terminal_width=_width())
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return 130
    except (BrokenPipeError, SystemExit):  # click turns the first into the second
        return _reader_left()
    except click.ClickException as error:
        return _wrong_use(error)
    except PerfbotError as error:
        return _told(error)
    except Exception as error:  # noqa: BLE001, the last line of defence against tracebacks
        return _unexpected(error)
    return code if isinstance(code, int) else 0


def _width() -> int:
    """Of lines of help, as click has it, which would load `shutil` and archives for that."""
    try:
        columns = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size().columns
    except (ValueError, OSError):
        columns = 0
    return max(min(columns or 80, 80) - 2, 50)


def _reader_left() -> int:
    """`perfbot board | head`: whoever read has seen enough; keep Python quiet at exit, too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _wrong_use(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    hint = ""
    if isinstance(error, click.UsageError) and error.ctx is not None and error.ctx.info_name:
        hint = "" if "perfbot" in error.message else f" See `{error.ctx.command_path} --help`."
    say(f"{error.format_message().rstrip()}{hint}")
    return error.exit_code


def _told(error: PerfbotError) -> int:
    say(told(error))
    return error.exit_code


def _unexpected(error: Exception) -> int:
    if os.environ.get("PERFBOT_DEBUG"):
        import traceback  # noqa: PLC0415, wanted only where something broke

        say("".join(traceback.format_exception(error)))
        return 1
    say(
        f"Something unexpected happened ({type(error).__name__}). Run again with "
        "PERFBOT_DEBUG=1 to see where, and please report it."
    )
    return 1


def say(sentence: str) -> None:
    """One sentence to standard error, under perfbot's name; one of ours in its language."""
    text = in_words(sentence) if isinstance(sentence, Sentence) else sentence
    click.echo(f"perfbot: {redacted(text)}", err=True)
