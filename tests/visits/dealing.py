"""What the tests of this room do again and again, with the people of the village."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.visits import visits
from pepperchain.visits.rules import VisitKind

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


async def home_of(name: str) -> int:
    """The household that somebody of the village heads."""
    return int(
        await db.scalar("SELECT household_id FROM directory_person WHERE name = :name AND is_head", name=name)
    )


async def organization(short_name: str) -> int:
    return int(
        await db.scalar("SELECT id FROM directory_organization WHERE short_name = :name", name=short_name)
    )


async def visit(actor: Actor, household_id: int, **more: Any) -> int:
    """A visit of an hour ago; its id."""
    facts: dict[str, Any] = {
        "id": new_id(),
        "kind": VisitKind.VISIT,
        "purpose": "advice",
        "outcome": "看了树",
        "happened_at": NOW - timedelta(hours=1),
        "now": NOW,
    }
    return (await visits.record(actor, household_id=household_id, **{**facts, **more})).id


def picture(kind: str = "JPEG", size: tuple[int, int] = (80, 60), **options: Any) -> bytes:
    """A picture as a file."""
    file = BytesIO()
    Image.new("RGB", size, (40, 120, 60)).save(file, kind, **options)
    return file.getvalue()
