"""Hears and says: Bolt listeners and posting."""
