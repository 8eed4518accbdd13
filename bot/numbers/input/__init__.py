"""Daily numbers as they come in: columns, names, days, and what was known when."""
