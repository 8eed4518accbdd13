"""Answers what people ask and notes what they answer, without knowing Slack."""
