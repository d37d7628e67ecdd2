"""The exam as it is sat: attempts and answers."""
