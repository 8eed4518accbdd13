"""What every feature works with: the store, rules, words, settings and clock, put together once."""
