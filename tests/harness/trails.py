"""What the trail tells, opened, for whoever asks about one act."""

import json
from collections.abc import Mapping
from typing import Any

from pepperchain.audit import personal
from pepperchain.core import db


async def told(verb: str, subject_id: object = None) -> list[Mapping[str, Any]]:
    """The facts of every such act, about one thing or about all, in their order."""
    rows = await db.tuples(
        "SELECT subject_id, facts FROM audit_entry WHERE verb = :verb ORDER BY id", verb=verb
    )
    return await personal.opened(
        [json.loads(facts) for about, facts in rows if subject_id is None or about == str(subject_id)]
    )
