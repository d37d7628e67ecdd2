"""What every client of the services shares: what can be called, where, by whom, and what a refusal says."""
