"""What to do about it: rules, verdicts, shifts. Pure."""
