"""A morning, loaded once: boards, what the rules said, trends."""
