"""Trying it: a local Slack, a simulated market; imported by app, cli, benchmarks and tests only."""
