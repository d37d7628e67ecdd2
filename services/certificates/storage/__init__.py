"""Tables and statements of certificates: the only SQL of this service."""
