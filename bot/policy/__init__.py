"""Who may, when to keep still, and when a digest comes."""
