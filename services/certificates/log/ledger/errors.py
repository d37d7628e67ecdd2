"""What can be wrong with a log, its files or a proof."""


class LogError(Exception):
    """Something of the log that must not be used."""


class MalformedError(LogError, ValueError):
    """Bytes that are not in the form that the specification asks for."""


class UnverifiedError(LogError):
    """A signature, a proof or a quorum that does not hold."""


class RefusedError(LogError):
    """Database and published files disagree: nothing is signed until an operator has looked."""
