"""Rules on one's own history: what they would have said, what came of it, what a change alters."""

from bot.backtest.report import Backtest, Change, RuleReport
from bot.backtest.request import Asked, with_threshold
from bot.backtest.running import Preview, backtest, preview

__all__ = [
    "Asked",
    "Backtest",
    "Change",
    "Preview",
    "RuleReport",
    "backtest",
    "preview",
    "with_threshold",
]
