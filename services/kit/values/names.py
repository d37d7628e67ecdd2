"""Resource names: `institutions/{institution}/cohorts/{cohort}` and the like (AIP-122)."""

import re
from dataclasses import dataclass
from functools import cached_property

from services.kit.errors import AppError, Violation, invalid

ID = r"[a-z0-9][a-z0-9-]{0,62}"


@dataclass(frozen=True)
class Pattern:
    """One kind of resource name; `text` alternates collection and `{variable}`."""

    text: str

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables from left to right."""
        return tuple(re.findall(r"\{(\w+)\}", self.text))

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The whole-name expression, one named group a variable."""
        return re.compile(re.sub(r"\{(\w+)\}", rf"(?P<\1>{ID})", self.text))

    @cached_property
    def collection(self) -> str:
        """Name of the last collection, for example `cohorts`."""
        return self.text.rsplit("/", 2)[-2]

    def matches(self, name: str) -> bool:
        """Tell whether `name` is of this kind."""
        return self.regex.fullmatch(name) is not None

    def parse(self, name: str, field: str = "name") -> dict[str, str]:
        """Return the variables of `name`; raises INVALID_NAME that names `field`."""
        found = self.regex.fullmatch(name)
        if found is None:
            raise self._refuse(name, field)
        return found.groupdict()

    def format(self, **variables: str) -> str:
        """Return the name with these variables; raises INVALID_NAME where one breaks the id rule."""
        name = self.text.format(**variables)
        self.parse(name)
        return name

    def parent(self, name: str) -> str:
        """Return the name of the resource that `name` lies in; "" at the top."""
        return name.rsplit("/", 2)[0] if name.count("/") > 1 else ""

    def child(self, parent: str, identifier: str) -> str:
        """Return the name of the child `identifier` of `parent` ("" at the top)."""
        name = f"{parent}/{self.collection}/{identifier}" if parent else f"{self.collection}/{identifier}"
        self.parse(name, "parent" if not self.matches_parent(parent) else f"{self.variables[-1]}_id")
        return name

    def matches_parent(self, parent: str) -> bool:
        """Tell whether `parent` can hold a resource of this kind."""
        holder = self.text.rsplit("/", 2)[0] if self.text.count("/") > 1 else ""
        return Pattern(holder).matches(parent) if holder else parent == ""

    def _refuse(self, name: str, field: str) -> AppError:
        message = f"{name[:200]!r} does not follow {self.text}, with ids like {ID}."
        return invalid("INVALID_NAME", message, Violation(field, message, "INVALID_NAME"), pattern=self.text)
