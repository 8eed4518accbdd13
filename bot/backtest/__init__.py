"""Rules on one's own history: what they would have said, what came of it, what a change alters."""

from bot.backtest.backtest_request import BacktestRequest, with_threshold
from bot.backtest.report import Alteration, Backtest, RuleReport
from bot.backtest.running import Preview, backtest, preview

__all__ = [
    "Alteration",
    "Backtest",
    "BacktestRequest",
    "Preview",
    "RuleReport",
    "backtest",
    "preview",
    "with_threshold",
]
