"""Whom it is about: candidates, what other services know of them, and what they are eligible for."""
