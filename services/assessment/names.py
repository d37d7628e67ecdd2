"""The resource names of assessment."""

from services.kit.values.names import Pattern

BODY = Pattern("bodies/{body}")
LISTING = Pattern("bodies/{body}/listings/{listing}")
SITE = Pattern("bodies/{body}/sites/{site}")
EXAMINER = Pattern("bodies/{body}/examiners/{examiner}")
BANK = Pattern("bodies/{body}/banks/{bank}")
POINT = Pattern("bodies/{body}/banks/{bank}/points/{point}")
ITEM = Pattern("bodies/{body}/banks/{bank}/items/{item}")
ITEM_VERSION = Pattern("bodies/{body}/banks/{bank}/items/{item}/versions/{version}")
BLUEPRINT = Pattern("bodies/{body}/banks/{bank}/blueprints/{blueprint}")
PAPER = Pattern("bodies/{body}/papers/{paper}")
CANDIDATE = Pattern("candidates/{candidate}")
EXAM = Pattern("bodies/{body}/exams/{exam}")
REGISTRATION = Pattern("bodies/{body}/exams/{exam}/registrations/{registration}")
ATTEMPT = Pattern("candidates/{candidate}/attempts/{attempt}")
MARK = Pattern("bodies/{body}/examiners/{examiner}/marks/{mark}")
RESULT = Pattern("bodies/{body}/results/{result}")


def body_of(name: str) -> str:
    """Return the body that a name lies in: bodies/b/banks/k → bodies/b."""
    return "/".join(name.split("/")[:2])


def bank_of(name: str) -> str:
    """Return the bank that a name lies in: bodies/b/banks/k/items/i → bodies/b/banks/k."""
    return "/".join(name.split("/")[:4])
