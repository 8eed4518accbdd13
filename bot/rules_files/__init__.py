"""Reading the rules: perfbot's own, a folder of the user's over them, every error at once."""

from __future__ import annotations

from bot.rules_files.inline_tests import TestResult, test
from bot.rules_files.loading import check, load
from bot.rules_files.models import schema

__all__ = ["TestResult", "check", "load", "schema", "test"]
