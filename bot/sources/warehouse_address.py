"""How a warehouse is reached: its address, its driver, and what it says when it does not answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import PerfbotError, SourceError
from bot.sentences import Sentence

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

CONNECT_SECONDS = 15


@dataclass(frozen=True)
class Address:
    """A warehouse's address.

    Attributes:
        name: The source's name in perfbot.toml.
        url: SQLAlchemy URL; never shown, since it may hold a password.
    """

    name: str
    url: str = field(repr=False)

    def engine(self) -> Engine:
        """The way to it; nothing is asked yet.

        Raises:
            SourceError: SQLAlchemy or the driver is missing, or the address is none.
        """
        try:
            from sqlalchemy import create_engine, make_url  # noqa: PLC0415 (an extra)
            from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
        except ImportError as error:
            raise SourceError(
                Sentence("%(name)s needs SQLAlchemy.", name=self.name),
                hint='Install it: pip install "perfbot[warehouse]".',
            ) from error
        try:
            url = _with_driver(make_url(self.url))
            _refuse_missing_file(url, self.name)
            postgres = url.get_backend_name() == "postgresql"
            arguments = {"connect_timeout": CONNECT_SECONDS} if postgres else {}
            return create_engine(url, connect_args=arguments)
        except ImportError as error:
            raise SourceError(
                Sentence(
                    "%(name)s needs the driver %(driver)s.", name=self.name, driver=error.name
                ),
                hint=Sentence("Install it: pip install %(driver)s.", driver=error.name),
            ) from error
        except (SQLAlchemyError, ValueError) as error:
            raise SourceError(
                Sentence(
                    "The address of %(name)s is no SQLAlchemy URL that works here.", name=self.name
                ),
                hint="Write it as postgresql://user:password@host/database, and install the "
                "warehouse's own driver.",
            ) from error

    def failed(self, error: Exception, subject: str) -> SourceError:
        """What the warehouse said, in one line and without the password.

        Args:
            error: The driver's.
            subject: What should have been read.
        """
        if isinstance(error, SourceError):
            return error
        lines = str(getattr(error, "orig", None) or error).strip().splitlines() or [repr(error)]
        sentence = lines[0]
        for secret in (self.url, _password(self.url)):
            sentence = sentence.replace(secret, "***") if secret else sentence
        return SourceError(
            Sentence(
                "%(name)s did not answer: %(words)s.",
                name=self.name,
                words=sentence[:300].rstrip("."),
            ),
            hint=Sentence(
                "Check its address, and that this user may read %(subject)s.", subject=subject
            ),
        )


def named_error(name: str, error: PerfbotError) -> SourceError:
    """What is wrong with what a warehouse holds, with the source's name before it."""
    message, hint = error.sentences
    return SourceError(Sentence("%(name)s: %(problem)s", name=name, problem=message), hint=hint)


def _password(address: str) -> str:
    from sqlalchemy import make_url  # noqa: PLC0415 (an extra)

    return str(make_url(address).password or "")


def _with_driver(url: URL) -> URL:
    """PostgreSQL through psycopg 3, which perfbot[warehouse] brings."""
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def _refuse_missing_file(url: URL, name: str) -> None:
    """SQLite would make an empty database where there is none, and so would DuckDB."""
    file = url.database or ""
    local = url.get_backend_name() in {"sqlite", "duckdb"}
    if local and file and file != ":memory:" and not Path(file).exists():
        raise SourceError(
            Sentence("%(name)s has no database at %(file)s.", name=name, file=file),
            hint="Check its address.",
        )
