"""How things go: channels, campaigns, stages, side by side, and as a file."""
