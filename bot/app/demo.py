"""`perfbot demo`: a local Slack, a market with news in it, and the bot at work between them."""

from __future__ import annotations

import tempfile
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console

from bot.app.compose import Office, compose, now
from bot.app.numbers import load_own, load_market
from bot.app.processes import keep_time
from bot.app.stopping import Shift, asked_to_stop
from bot.places import shipped
from bot.settings import App, Settings, Tokens
from bot.slack import socket
from bot.slack.app import drain
from bot.slack.logs import set_up
from bot.store.base import Subscription
from bot.workspace.server import Workspace

ZONE = "Europe/Oslo"
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
