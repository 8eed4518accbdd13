"""Rules on one's own history: what they would have said, what came of it, what a change alters."""

from bot.backtest.asked import Asked
from bot.backtest.changing import with_threshold
from bot.backtest.report import Backtest, Change, RuleReport
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
