"""Notes: a line about a household, one of its people, or an organization, by those who keep its particulars."""

from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db, registry
from pepperchain.core.errors import Missing, NotYours
from pepperchain.core.registry import Entered
from pepperchain.visits.queries import NoteRow, notes_by_id, whom

TABLE = "visits_note"


@db.unit_of_work
async def write(
    actor: Actor,
    *,
    id: UUID,
    text: str,
    household_id: int | None = None,
    person_id: int | None = None,
    organization_id: int | None = None,
    now: datetime,
) -> Entered:
    """A line in their history."""
    actor.require(Capability.DIRECTORY_EDIT if organization_id is None else Capability.ORGANIZATION_EDIT)
    about = await whom(actor, household_id=household_id, person_id=person_id, organization_id=organization_id)
    entered = await registry.enter(
        TABLE, id, person_id=about.person_id, text=text, user_id=actor.user_id, user_name=actor.name, created_at=now,
        **about.columns(),
    )  # fmt: skip
    if not entered.repeated:
        facts: dict[str, int | None] = (
            {"household": about.household_id}
            if organization_id is None
            else {"organization": about.organization_id}
        )
        if about.person_id is not None:
            facts["person"] = about.person_id
        await trail.record(
            actor, "note.written", subject="note", subject_id=entered.id, township_id=about.township_id, facts=facts, now=now
        )  # fmt: skip
    return entered


@db.unit_of_work
async def withdraw(actor: Actor, *, id: int, now: datetime) -> NoteRow:
    """The line no longer stands, for those who may write such lines; twice is once. Its words stay in the trail."""
    found = await notes_by_id(actor, [id])
    if not found:
        raise Missing()
    note = found[0]
    needed = Capability.DIRECTORY_EDIT if note.organization_id is None else Capability.ORGANIZATION_EDIT
    if not actor.may(needed):
        raise NotYours()
    if note.withdrawn_at is None:
        await registry.revise(TABLE, id, note.version, withdrawn_at=now)
        await trail.record(
            actor, "note.withdrawn", subject="note", subject_id=id, township_id=note.township_id, facts={"text": note.text}, now=now
        )  # fmt: skip
    return note
