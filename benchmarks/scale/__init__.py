"""What many workspaces at one hour would take: the outbox simulated, nothing posted."""
