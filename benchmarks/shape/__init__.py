"""`make shape`: what the house looks like in numbers, beside what it was and what it is to be."""
