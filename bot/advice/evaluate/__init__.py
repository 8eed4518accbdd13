"""Rules held against a morning: what holds, how surely, and what is missing."""
