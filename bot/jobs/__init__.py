"""When: the tick, the outbox, follow-ups."""
