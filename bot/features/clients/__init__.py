"""Clients: whose campaigns a Slack channel shows."""
