"""Words of ours with values in them, kept apart so that they can be said in another language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self


class Sentence(str):
    """English as it stands; in other languages its pattern is looked up, and its values put in.

    Attributes:
        pattern: What the catalogue knows it by, `%(name)s` where a value stands.
        values: The values; one that is a Sentence itself is said in the same language.
    """

    __slots__ = ("pattern", "values")
    pattern: str
    values: Mapping[str, object]

    def __new__(cls, pattern: str, **values: object) -> Self:
        sentence = super().__new__(cls, pattern % values if values else pattern)
        sentence.pattern, sentence.values = pattern, values
        return sentence

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.pattern, dict(self.values))


def _again(pattern: str, values: Mapping[str, object]) -> Sentence:
    return Sentence(pattern, **values)


def counted(count: int, one: str, several: str, none: str = "") -> Sentence:
    """How many there are: `1 row`, `2,000 rows`; `none` where there are none and it has words."""
    if not count and none:
        return Sentence(none)
    return Sentence(one) if count == 1 else Sentence(several, count=f"{count:,}")


def rows_counted(count: int) -> Sentence:
    """`no rows`, `1 row`, `2,000 rows`."""
    return counted(count, "1 row", "%(count)s rows", "no rows")


def dumped(text: str) -> str:
    """A sentence for keeping: what has no values as it is, else its pattern and its values."""
    import json  # noqa: PLC0415, keeping is not for every command, and the terminal waits

    parts = sentence(text)
    if not parts.values:
        return str(parts.pattern)
    values = {
        name: [dumped(value)] if isinstance(value, Sentence) else str(value)
        for name, value in parts.values.items()
    }
    return json.dumps([parts.pattern, values], ensure_ascii=False)


def loaded(text: str) -> Sentence:
    """What `dumped` wrote; any other text is a sentence without values."""
    if not text.startswith('["'):
        return Sentence(text)
    import json  # noqa: PLC0415, as above

    try:
        pattern, values = json.loads(text)
        shown = {
            str(name): loaded(value[0]) if isinstance(value, list) else value
            for name, value in values.items()
        }
        return Sentence(pattern, **shown)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return Sentence(text)


def sentence(text: str) -> Sentence:
    """A text as a sentence: itself where it is one, else one that has no values."""
    return text if isinstance(text, Sentence) else Sentence(text)


def together(sentences: Iterable[str]) -> Sentence:
    """Several, one after the other, as one: each is said in the same language."""
    parts = {f"part_{place}": part for place, part in enumerate(sentences)}
    return Sentence("; ".join(f"%({name})s" for name in parts), **parts)
