"""What one role may see of a case: the only thing that a sheet is made of."""

from __future__ import annotations

from dataclasses import dataclass

from halfway.case.case import Case
from halfway.case.nouns import MEDIATOR, PUBLIC


@dataclass(frozen=True)
class View:
    """A case of its own that holds what one role may see and nothing else; `halfway.sheets.redaction` makes it.

    Attributes
    ----------
    role : str
        An actor, ``mediator`` or ``public``.
    case : Case
    """

    role: str
    case: Case

    @property
    def title(self) -> str:
        """What the role is called."""
        if self.role in self.case.actors:
            return self.case.title_of("actors", self.role)
        return {MEDIATOR: "The mediator", PUBLIC: "The public"}[self.role]

    @property
    def is_actor(self) -> bool:
        """Whether the role is an actor of the case."""
        return self.role in self.case.actors
