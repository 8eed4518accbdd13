"""What a sentence asks, slot by slot: the value that reading gives and answers take. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["channel", "campaign", "group", "stage", "pricing_model", "person"]


@dataclass(frozen=True)
class Named:
    """Somebody or something a sentence names.

    Attributes:
        kind: What it is; `pricing_model` and the others are columns of a board. A `group` is the
            campaigns whose names share some words.
        key: Its value there (`google_ads`, a campaign's entity, `convert`, a user's id); of a
            group the words.
        title: As people call it.
    """

    kind: Kind
    key: str
    title: str


@dataclass(frozen=True)
class Bound:
    """A condition: above or below a number, or the target where there is none.

    Attributes:
        metric: Whose number it is, "" for the one the sentence is about.
        each: The days the number is of: 1 for `a day`, 7 for `a week`, 0 for all that are asked of.
        beyond: By how much at least, as a share of the target.
        even: Whether the number itself fulfils it: `at least`, `between`.
    """

    above: bool
    number: float | None = None
    metric: str = ""
    each: int = 0
    beyond: float = 0.0
    even: bool = False


@dataclass(frozen=True)
class Slots:
    """A question taken apart; what a sentence leaves open is empty.

    Attributes:
        intent: As the headings of examples/ name it, "" where nothing was understood.
        detail: Which of an intent's answers: a definition's word, what is to be done, what is
            not known.
        metric: A metric's name, `profit`, `monthly_budget` or `target`.
        also: Further metrics of a list: `spend, clicks and sales`.
        subjects: In the order they are named.
        excluded: Who is left out: `excluding brand`.
        window: As `parse_window` reads it.
        against: What to compare with, as `Question.compare` says it.
        until: The day something should wait until, as `parse_window` reads it.
        by: `campaign`, `channel`, `stage` or `day`: what is ranked or listed.
        order: `most`, `least`, `best` or `worst`.
        count: How many; 0 where it is not said.
        form: `share` (of all), `average` (a day), `days` or `weeks` (each of them), `together` (one
            sum of all subjects), or "" (the sum or ratio).
        amount: A number that is no count or day; `percent` marks a per cent.
        besides: What must hold besides `bound`.
        unread: Words that may be a name or a number nobody knows; "" where all was understood.
        text: The words as compared, subjects and days taken out.
        options: Kinds of question it may be (`intent/detail`), where that is not sure.
        otherwise: Kinds it may be besides what it is taken for, where that is not firm.
    """

    intent: str = ""
    detail: str = ""
    metric: str = ""
    also: tuple[str, ...] = ()
    subjects: tuple[Named, ...] = ()
    excluded: tuple[Named, ...] = ()
    window: str = ""
    against: str = ""
    until: str = ""
    by: str = ""
    order: str = ""
    count: int = 0
    bound: Bound | None = None
    besides: tuple[Bound, ...] = ()
    form: str = ""
    amount: float | None = None
    percent: bool = False
    unread: str = ""
    text: str = ""
    options: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()

    @property
    def things(self) -> tuple[Named, ...]:
        """The subjects there are numbers of: not the people."""
        return tuple(subject for subject in self.subjects if subject.kind != "person")

    @property
    def people(self) -> tuple[Named, ...]:
        """The people it names."""
        return tuple(subject for subject in self.subjects if subject.kind == "person")

    def span(self, usual: str = "7d") -> str:
        """Window and comparison as `parse_window` reads them."""
        window = self.window or usual
        return f"{window} vs {self.against}" if self.against else window
