"""`python -m bot.workspace`: the local Slack under the name it has had from the start."""
