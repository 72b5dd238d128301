"""Reads of second steps."""

from dataclasses import dataclass, field
from uuid import UUID

from pepperchain.core import db, vault


@dataclass(frozen=True, slots=True)
class Step:
    """A user's app; it counts once it is confirmed."""

    user_id: int
    sealed: bytes = field(repr=False)
    begun_at: int
    confirmed_at: int | None
    codes_request_id: UUID | None

    @property
    def secret(self) -> str | None:
        """What the app computes its codes from; None if it was sealed with another secret of the installation, and so is lost."""
        try:
            return vault.unseal(self.sealed, about=about(self.user_id))
        except vault.Broken:
            return None


def about(user_id: int) -> str:
    """What the sealed secret is bound to."""
    return f"accounts_second_step.secret:{user_id}"


async def step_of(user_id: int) -> Step | None:
    """The app of a user, be it confirmed or not."""
    rows = await db.tuples(
        "SELECT secret_sealed, begun_at, confirmed_at, codes_request_id FROM accounts_second_step WHERE user_id = :id",
        id=user_id,
    )
    if not rows:
        return None
    sealed, begun_at, confirmed_at, request_id = rows[0]
    return Step(
        user_id,
        bytes(sealed),
        begun_at,
        confirmed_at,
        UUID(request_id) if request_id else None,
    )


async def codes_left(user_id: int) -> int:
    """How many recovery codes a user has not used."""
    return int(
        await db.scalar("SELECT COUNT(*) FROM accounts_recovery_code WHERE user_id = :id", id=user_id) or 0
    )
