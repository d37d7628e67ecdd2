"""The transparency log: what was issued or revoked, in an order that nobody can change unseen (docs/log.md)."""
