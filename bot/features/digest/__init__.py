"""The morning's message: what changed, what to do, what cannot wait."""
