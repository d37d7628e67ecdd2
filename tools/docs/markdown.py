"""The few pieces of Markdown that the generated pages consist of."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are escaped."""
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def join(*blocks: str) -> str:
    """Return blocks with one blank line between them, without the empty ones."""
    return "\n\n".join(block for block in blocks if block)
