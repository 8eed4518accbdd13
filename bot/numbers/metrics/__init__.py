"""What the numbers come to: the glossary, sums, ratios, the board."""
