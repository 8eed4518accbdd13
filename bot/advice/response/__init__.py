"""How campaigns answer to budgets, learned from their own history; tests first, scales after."""

from bot.advice.response.baseline import breaks, masks
from bot.advice.response.moves import Guards
from bot.advice.response.panel import Campaign, Panel, panel_of
from bot.advice.response.proposals import Effect, Move, Readout, propose, units
from bot.advice.response.responding import SIGNALS, Responses, responses
from bot.advice.response.settings import Settings
from bot.domain.advice import Evidence

__all__ = [
    "SIGNALS",
    "Campaign",
    "Effect",
    "Evidence",
    "Guards",
    "Move",
    "Panel",
    "Readout",
    "Responses",
    "Settings",
    "breaks",
    "masks",
    "panel_of",
    "propose",
    "responses",
    "units",
]
