"""What came of acknowledged moves."""
