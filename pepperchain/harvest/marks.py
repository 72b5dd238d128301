"""What rooms above this one show on the page of a slip: a few words with a link. `app` hands them in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlipMark:
    """Words in the reader's language that lead somewhere; `note` stands beside them, lighter."""

    words: str
    url: str
    note: str = ""


SlipMarks = Callable[..., Awaitable[Sequence[SlipMark]]]
"""`await of_slip(actor, slip_id, now=now)`: what the actor may do with a slip's pepper elsewhere."""
