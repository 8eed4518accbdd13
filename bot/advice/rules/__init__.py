"""The rulebook as a value: its lines, its table, what it says in words."""
