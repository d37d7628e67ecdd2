"""What came of it: marks and results."""
