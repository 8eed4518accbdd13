"""Plain questions about numbers: how much, each day, ranked, where the month ends."""
