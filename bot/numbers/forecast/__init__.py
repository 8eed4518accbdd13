"""Where things are heading: the month's pace, and what late results still bring."""
