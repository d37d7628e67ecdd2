"""One method per command or question; each command is one transaction."""
