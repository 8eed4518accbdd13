"""The plan, targets and thresholds, set from Slack."""
