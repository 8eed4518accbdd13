"""How campaigns answer to budgets, learned from their own history; tests first, scales after."""

from bot.advice.response.effect import Effect
from bot.advice.response.moves import Guards
from bot.advice.response.panel import Campaign, Panel, panel_of
from bot.advice.response.proposing import Move, propose, units
from bot.advice.response.readout import Readout
from bot.advice.response.responding import SIGNALS, Evidence, Responses, responses
from bot.advice.response.settings import Settings
from bot.advice.response.trust import breaks, masks

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
