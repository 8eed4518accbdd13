"""What somebody typed, as a typed question; the words people use for it."""
