"""What a text message may be: how many a text comes to, and which words no carrier takes. Looks nothing up."""

from collections.abc import Iterable
from dataclasses import dataclass

SHORT_MAX = 70
PART_MAX = 67
"""Characters of one message, and of each of several that a phone puts together again."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text as it is sent, and what a carrier would refuse it for."""

    text: str
    refused_for: tuple[str, ...]

    @property
    def length(self) -> int:
        """In characters, as carriers count them."""
        return len(self.text)

    @property
    def messages(self) -> int:
        """How many it is charged as."""
        return 1 if self.length <= SHORT_MAX else -(-self.length // PART_MAX)


def message(text: str, refused: Iterable[str]) -> Message:
    """A text, held against the words that carriers refuse."""
    return Message(text, tuple(word for word in refused if word in text))
