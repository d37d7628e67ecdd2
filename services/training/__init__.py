"""Training: institutions, listings, cohorts, learners, hours and completions."""
