"""What the service publishes."""
