"""Secrets of API keys: what a program shows of its key, and the digest that is kept of it.

A secret has 256 random bits and is told once, so nobody can read a key from the database.
"""

from hashlib import sha256

from services.certificates.names import API_KEY

MARK = "szk"  # what every secret begins with, so that scanners for leaked secrets know it
LONGEST = 250


def shown(name: str, secret: str) -> str:
    """Return what a program has to show: the mark, the ids of employer and key, the secret."""
    return "_".join((MARK, *API_KEY.parse(name).values(), secret))


def read(given: str) -> tuple[str, str] | None:
    """Return name and secret of the key that a program shows, None for any other text."""
    mark, *parts = given[:LONGEST].split("_", 3)
    if mark != MARK or len(parts) != 3:
        return None
    employer, identifier, secret = parts
    name = f"employers/{employer}/apiKeys/{identifier}"
    return (name, secret) if API_KEY.matches(name) else None


def digest(secret: str) -> str:
    """Return the digest that is kept of a secret, in hexadecimal."""
    return sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
