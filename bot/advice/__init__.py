"""What to do about it: rules, verdicts, shifts. Pure."""

from __future__ import annotations

from bot.advice.advise import advise
from bot.advice.types import Advice, Advised, HeldBack, Memory
from bot.numbers.plan import Plan

__all__ = ["Advice", "Advised", "HeldBack", "Memory", "Plan", "advise"]
