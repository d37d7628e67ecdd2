"""docs/errors.md: every reason a caller can meet, from the ErrorReason enums."""

from tools import contract
from tools.docs.markdown import join, table

INTRODUCTION = """# Errors

Every refusal is a gRPC status with a `google.rpc.ErrorInfo` whose `reason` is one of these; wrong fields
come as `google.rpc.BadRequest`, unmet rules (all of them at once) as `google.rpc.PreconditionFailure`."""
TITLES = {"type": "Any service"}
PREFIX = "ERROR_REASON_"


def page() -> str:
    """Return the page, the shared reasons first."""
    found = sorted(contract.enums("ErrorReason"), key=lambda entry: entry[0].service not in TITLES)
    return join(
        INTRODUCTION, *(block for file, place, enum in found for block in _section(file, place, enum))
    )


def _section(file: contract.File, place: int, enum) -> tuple[str, str]:
    rows = [
        (f"`{value.name.removeprefix(PREFIX)}`", file.comment(contract.ENUMS, place, contract.VALUES, number))
        for number, value in enumerate(enum.value)
        if value.number
    ]
    title = TITLES.get(file.service, file.service.capitalize())
    return f"## {title}", table(("Reason", "Meaning"), rows)
