"""How things stand: pacing, sources, targets, rules, settings."""
