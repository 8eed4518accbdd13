"""What to do about it: rules, verdicts, shifts. Pure."""

from __future__ import annotations

from bot.advice.advise import advise
from bot.domain.advice import Advice, Advised, HeldBack, Memory
from bot.numbers.plan import Plan

__all__ = ["Advice", "Advised", "HeldBack", "Memory", "Plan", "advise"]
