"""How long a person is busy with something typed into a terminal: keystrokes and reading, counted.

The Keystroke-Level Model (Card, Moran and Newell 1980): 0.28 s a keystroke of an average typist,
1.35 s to make up one's mind, 1.1 s to point at something and 0.4 s to move a hand to the mouse and
back. Reading is 238 words a minute (Brysbaert 2019). What the machine takes is the machine's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

KEY, MIND, POINT, HAND = 0.28, 1.35, 1.1, 0.4
WORDS_A_SECOND = 238 / 60
PASTED = 2 * MIND + 2 * (POINT + HAND) + 4 * KEY
"""A key that lies open elsewhere: found, marked, copied, pasted."""


@dataclass(frozen=True)
class PersonTime:
    """What somebody did.

    Attributes:
        prompts: Questions answered and commands written.
        pasted: How many of the answers were copied from elsewhere.
        keystrokes: Those of everything else, Enter among them.
        words: How many words there were to read.
    """

    prompts: int
    pasted: int
    keystrokes: int
    words: int

    @classmethod
    def of(cls, typed: Sequence[str], shown: str, copied: Collection[str]) -> PersonTime:
        """Of lines that were typed, what was shown beside them, and texts nobody types."""
        pasted = [line for line in typed if any(text in line for text in copied)]
        written = [_without(line, copied) for line in typed]
        words = [word for word in shown.split() if any(map(str.isalnum, word))]
        return cls(len(typed), len(pasted), sum(len(line) + 1 for line in written), len(words))

    @property
    def seconds(self) -> float:
        """How long all of it takes."""
        typing = self.prompts * MIND + self.keystrokes * KEY + self.pasted * PASTED
        return typing + self.words / WORDS_A_SECOND

    def __str__(self) -> str:
        return (
            f"{self.prompts} prompts, {self.keystrokes} keystrokes, {self.pasted} keys pasted, "
            f"{self.words} words to read: {self.seconds:.0f} s of a person's time"
        )


def _without(line: str, copied: Collection[str]) -> str:
    for text in copied:
        line = line.replace(text, "")
    return line
