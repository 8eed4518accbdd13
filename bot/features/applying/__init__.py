"""Acknowledged budgets set at their platform: asked for, carried out, told, taken back."""
