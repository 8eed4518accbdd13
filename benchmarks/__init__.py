"""What the README claims, measured: ratios in one run, against a named floor."""
