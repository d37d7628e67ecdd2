"""What the certificates service can be asked to do, one method a command."""
