"""Refusals of whole files."""

from services.kit.errors import AppError, invalid


def unreadable(message: str) -> AppError:
    """The file cannot be read; the sentence says what is wrong, where, and what to do."""
    return invalid("UNREADABLE_FILE", message)


def too_large(message: str, **metadata: str) -> AppError:
    """The file, or what it unpacks to, is larger than anything that is read."""
    return invalid("FILE_TOO_LARGE", message, **metadata)
