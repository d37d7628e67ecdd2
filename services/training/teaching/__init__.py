"""What is taught: programs, cohorts, learners, enrollments, rosters and learning hours."""
