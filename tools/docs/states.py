"""docs/states.md: the lifecycles, from the TRANSITIONS tables of the domains."""

from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tools.contract import SERVICES
from tools.docs.markdown import join

ROOT = Path(__file__).resolve().parents[2]
INTRODUCTION = """# Lifecycles

Each arrow is one RPC or one rule of the clock; anything else is refused with `WRONG_STATE` and the list of
what is possible. An `etag` that is no longer current is refused with `STALE_ETAG` before the state is looked
at."""
Transitions = dict[tuple[StrEnum, StrEnum], StrEnum]


def page() -> str:
    """Return the page."""
    return join(INTRODUCTION, *(block for module in domains() for block in _sections(module)))


def domains() -> Iterator[ModuleType]:
    """Yield the domain modules of all areas of all services, by noun."""
    for service in SERVICES:
        found = (ROOT / "services" / service).glob("*/domain/*.py")
        for path in sorted(found, key=lambda path: path.stem):
            if path.stem != "__init__":
                yield import_module(f"services.{service}.{path.parts[-3]}.domain.{path.stem}")


def tables(module: ModuleType) -> Iterator[tuple[str, Transitions]]:
    """Yield the lifecycle tables that a module defines: TRANSITIONS and what ends in _TRANSITIONS."""
    for name, value in vars(module).items():
        if name == "TRANSITIONS" or name.endswith("_TRANSITIONS"):
            yield name.removesuffix("TRANSITIONS").strip("_").lower(), value


def _sections(module: ModuleType) -> Iterator[str]:
    _, service, _, _, noun = module.__name__.split(".")
    for part, transitions in tables(module):
        yield f"## {service}: {part or noun}".replace("_", " ")
        yield _diagram(transitions)


def _diagram(transitions: Transitions) -> str:
    arrows = [
        f"    {source.name} --> {target.name}: {action.name}"
        for (source, action), target in transitions.items()
    ]
    first, *_ = (source.name for source, _ in transitions)
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *arrows, "```"])
