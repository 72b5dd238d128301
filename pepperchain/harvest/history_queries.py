"""What happened to a slip, as the trail tells it."""

import json
from dataclasses import dataclass, replace
from typing import Any

from pepperchain.audit import personal
from pepperchain.audit.queries import ACTOR_NAME
from pepperchain.core import db

EVENTS_MAX = 50


@dataclass(frozen=True, slots=True)
class Event:
    """One act: what, by whom, when, with what."""

    verb: str
    at: int
    actor_name: str
    facts: dict[str, Any]


def _event(verb: str, at: int, actor_name: str, facts: str) -> Event:
    return Event(verb, at, actor_name, json.loads(facts))


async def history(weighin_id: str) -> list[Event]:
    """The acts on a slip in their order. The caller has seen the slip."""
    found = await db.fetch(
        _event,
        f"SELECT e.verb, e.at, {ACTOR_NAME.format('e')}, e.facts FROM audit_entry e"
        " WHERE e.subject = 'weighin' AND e.subject_id = :id ORDER BY e.id LIMIT :limit",
        id=weighin_id,
        limit=EVENTS_MAX,
    )
    facts = await personal.opened([each.facts for each in found])
    return [replace(each, facts=dict(whole)) for each, whole in zip(found, facts, strict=True)]
