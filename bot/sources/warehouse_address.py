"""How a warehouse is reached: its address, its driver, and what it says when it does not answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import SourceError

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
                f"{self.name} needs SQLAlchemy.",
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
                f"{self.name} needs the driver {error.name}.", hint=f"pip install {error.name}"
            ) from error
        except (SQLAlchemyError, ValueError) as error:
            raise SourceError(
                f"The address of {self.name} is no SQLAlchemy URL that works here.",
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
            f"{self.name} did not answer: {sentence[:300].rstrip('.')}.",
            hint=f"Check its address, and that this user may read {subject}.",
        )


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
        raise SourceError(f"{name} has no database at {file}.", hint="Check its address.")
