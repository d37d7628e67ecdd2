"""What is asked: question banks, items, blueprints and papers."""
