"""The door: every command, thin."""
