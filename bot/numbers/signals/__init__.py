"""Signs of trouble and of change that rules read by name."""
