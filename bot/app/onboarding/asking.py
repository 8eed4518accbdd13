"""Where the answers come from: a person, a file, or what is usual."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import UsageError

Prompt = Callable[[str, str, bool], str]


@dataclass(frozen=True)
class SetupAnswers:
    """Answers by name: `have`, `google.manager`, `google.GOOGLE_ADS_CLIENT_ID`.

    Attributes:
        written: The answers of a file; nobody is asked what stands there.
        prompt: Asks a person (question, usual answer, whether it is a secret); None where nobody
            is there to answer.
    """

    written: Mapping[str, Any]
    prompt: Prompt | None = None

    def text(self, name: str, question: str, usual: str = "") -> str:
        """An answer, or what is usual."""
        answer = self._written(name)
        if answer is not None:
            return str(answer).strip()
        return self.prompt(question, usual, False).strip() if self.prompt else usual

    def secret(self, name: str, question: str, variable: str) -> str:
        """A key.

        Raises:
            UsageError: It stands nowhere and nobody is there to answer.
        """
        answer = self._written(name)
        if answer is not None:
            return str(answer).strip()
        if self.prompt is None:
            raise UsageError(f"{variable} is not set.", hint=f"It is found here: {question}.")
        return self.prompt(question, "", True).strip()

    def list(self, name: str, question: str, usual: str) -> list[str]:
        """Several words, apart by commas."""
        answer = self._written(name)
        words = answer if isinstance(answer, list) else self.text(name, question, usual).split(",")
        return [str(word).strip() for word in words if str(word).strip()]

    def _written(self, name: str) -> Any:
        value: Any = self.written
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value


def answers_of(file: Path | None) -> Mapping[str, Any]:
    """The answers of a TOML file; none where there is no file.

    Raises:
        UsageError: It cannot be read.
    """
    if file is None:
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"The answers {file} cannot be read: {error}.", hint='Write TOML: have = ["google"].'
        ) from None
