"""Numbers handed in as files: how one reads, whether it may come in, and keeping it."""
