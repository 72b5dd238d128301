"""Alarms: a row for each person who is to be told, in the unit of work of what they are told of, once for each occurrence.

Whoever sends messages outside takes the queued rows up; until then they stand on the home page of their recipients.
"""

from datetime import datetime

from pepperchain.access.policy import Role
from pepperchain.climate.code_rules import BreachKind
from pepperchain.core import db

BREACH = "breach"
TOLD = (Role.STOREKEEPER, Role.COOP_LEADER)


async def raise_for(
    breach_id: int, room_id: int, operator_id: int, township_id: int, kind: BreachKind, *, now: datetime
) -> None:
    """Storekeepers and leaders of whoever runs the room and of those whose lots lie in it."""
    await db.execute(
        "INSERT INTO climate_alarm (rule, subject, occurrence, recipient_id, township_id, state, created_at)"
        " SELECT :rule, CAST(:breach AS BIGINT), :kind, u.id, CAST(:township AS BIGINT), 'queued', CAST(:now AS BIGINT)"
        " FROM accounts_user u"
        " WHERE u.disabled_at IS NULL AND u.role IN :roles AND (u.organization_id = :operator OR u.organization_id IN"
        " (SELECT l.cooperative_id FROM storage_lot l WHERE l.room_id = :room AND l.is_open))"
        " ON CONFLICT (rule, subject, occurrence, recipient_id) DO NOTHING",
        rule=BREACH,
        breach=breach_id,
        kind=kind,
        township=township_id,
        now=now,
        roles=list(TOLD),
        operator=operator_id,
        room=room_id,
    )


async def withdraw(breach_id: int) -> None:
    """What turned out to be nothing is not told any more; what was told stays."""
    await db.execute(
        "DELETE FROM climate_alarm WHERE rule = :rule AND subject = :breach AND state = 'queued'",
        rule=BREACH,
        breach=breach_id,
    )
