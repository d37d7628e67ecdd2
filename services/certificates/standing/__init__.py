"""Whether a certificate is in force: holds and published status lists."""
