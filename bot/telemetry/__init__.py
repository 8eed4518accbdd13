"""What an operator sees of perfbot at work: figures to scrape, and logs that can be followed."""
