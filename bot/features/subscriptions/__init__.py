"""Where and when digests come."""
