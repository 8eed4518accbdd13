"""Looking things up: campaigns, advice, answers, the log."""
