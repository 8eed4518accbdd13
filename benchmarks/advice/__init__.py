"""Policies played in simulated markets with known truth, and what they cost and catch."""
