"""A local Slack: the wire protocol and a page, for trying out and for end-to-end tests."""

from __future__ import annotations

from bot.demo.workspace.server import Manners, Workspace

__all__ = ["Manners", "Workspace"]
