"""How campaigns answer to budgets, learned from their own history; tests first, scales after."""

from bot.advice.response.baseline import breaks, masks
from bot.advice.response.moves import MoveLimits
from bot.advice.response.panel import Panel, PanelCampaign, panel_of
from bot.advice.response.proposals import Move, Readout, ResultChange, propose, units
from bot.advice.response.responding import SIGNALS, Responses, responses
from bot.advice.response.settings import ResponseSettings
from bot.domain.advice import Evidence

__all__ = [
    "SIGNALS",
    "Evidence",
    "Move",
    "MoveLimits",
    "Panel",
    "PanelCampaign",
    "Readout",
    "ResponseSettings",
    "Responses",
    "ResultChange",
    "breaks",
    "masks",
    "panel_of",
    "propose",
    "responses",
    "units",
]
