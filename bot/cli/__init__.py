"""The door: every command, thin."""

from __future__ import annotations

from bot.cli.door import cli, main

__all__ = ["cli", "main"]
