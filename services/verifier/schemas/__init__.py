"""The profile schemas of our certificates as they are published; a published one never changes."""

from importlib.resources import files


def schema(name: str) -> bytes:
    """Return a schema, such as `certificate-1`, with the bytes that the certificates' `digestSRI` is of."""
    return files(__name__).joinpath(f"{name}.json").read_bytes()
