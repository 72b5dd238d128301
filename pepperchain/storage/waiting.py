"""The waiting list: who wants space where there is none, and takes up or leaves what is offered."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.units import Grams
from pepperchain.harvest.rules import forms
from pepperchain.storage import queries, space, stock, waiting_queries
from pepperchain.storage.rules import WaitState, content_hash, planning
from pepperchain.storage.waiting_queries import InLine, WaitRow

BATCH = 200
CANDIDATES_MAX = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody's place in the line; `repeated` if they had it already."""

    id: UUID
    repeated: bool


@db.unit_of_work
async def ask(
    actor: Actor,
    *,
    id: UUID,
    form: str,
    grams: Grams,
    from_on: date,
    to_on: date,
    now: datetime,
    room_id: int | None = None,
    township_id: int | None = None,
) -> Asked:
    """A place in the line for a room, or for any room of a township that the actor's organization may use.

    If there is space it is offered at once. Refused: days that cannot be, a room for other pepper or smaller than that, too many
    places already. Missing: a room that is not the actor's to see, or no such township.
    """
    actor.require(Capability.STORAGE_MOVE)
    if actor.organization_id is None:
        raise Refused("Space is waited for by a cooperative or a cold store.")
    content = content_hash(room_id, township_id, form, grams, from_on, to_on)
    there = await db.scalar(
        "SELECT content_hash FROM storage_wait WHERE id = :id AND organization_id = :organization",
        id=id,
        organization=actor.organization_id,
    )
    if there is not None:
        if there != content:
            raise Conflict("This was sent before with other contents.")
        return Asked(id, repeated=True)
    space.check_days(from_on, to_on, today=clock.local_day(now))
    if grams <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    where = await _where(actor, room_id, township_id, form, grams)
    await _not_too_often(actor.organization_id)
    try:
        await db.insert(
            "storage_wait", id=id, organization_id=actor.organization_id, township_id=where, room_id=room_id, form=form,
            grams=grams, from_on=from_on, to_on=to_on, asked_at=now, asked_by=actor.user_id, asked_by_name=actor.name,
            content_hash=content,
        )  # fmt: skip
    except db.Violation as violation:
        raise Conflict("This was sent before with other contents.") from violation
    await trail.record(
        actor, "wait.asked", subject="wait", subject_id=id, township_id=where, now=now,
        facts={"room": room_id, "form": form, "grams": grams, "from": from_on, "to": to_on},
    )  # fmt: skip
    await _at_once(id, now=now)
    return Asked(id, repeated=False)


async def _at_once(id: UUID, *, now: datetime) -> None:
    """If a room has the space already, whoever is first in line for it has it offered."""
    today = clock.local_day(now)
    for each in await waiting_queries.in_line("w.id = :id", today=today, limit=1, id=id):
        for room_id in (await waiting_queries.rooms_for(each, today=today, limit=CANDIDATES_MAX))[:1]:
            await stock.lock_rooms([room_id])
            await space.offer(room_id, now=now)


async def _where(actor: Actor, room_id: int | None, township_id: int | None, form: str, grams: Grams) -> int:
    """The township that is waited in."""
    if room_id is not None:
        room = await queries.room(actor, room_id)
        if room.closed_on is not None:
            raise Refused("%(room)s is closed.", "room_id", room=room.full_name)
        if form not in room.forms:
            raise Refused("%(room)s is not for this form of pepper.", "room_id", room=room.full_name)
        if grams > room.capacity_grams:
            raise Refused(
                "%(room)s holds %(most)s even when it is empty.", "grams",
                room=room.full_name, most=room.capacity_grams,
            )  # fmt: skip
        return room.township_id
    if township_id is None:
        raise Refused("Choose the township, or a room.", "township_id")
    if form not in forms():
        raise Refused("Choose fresh, preserved-fresh or dry.", "form")
    if not await waiting_queries.is_township(township_id):
        raise Missing()
    largest = await waiting_queries.largest_room(actor, township_id, form)
    if grams > largest:
        raise Refused(
            "The largest room for this in the township that you may use holds %(most)s.",
            "grams",
            most=largest,
        )
    return township_id


async def _not_too_often(organization_id: int) -> None:
    most = planning().waits_open_max
    waits = await db.scalar(
        "SELECT COUNT(*) FROM storage_wait WHERE organization_id = :id AND state IN ('waiting', 'offered')",
        id=organization_id,
    )
    if waits >= most:
        raise Refused("You wait in %(count)s places already. Withdraw one first.", count=str(most))


@db.unit_of_work
async def accept(actor: Actor, *, id: UUID, now: datetime) -> WaitRow:
    """Takes up what is offered: it is a booking from now on. Accepted twice is accepted.

    Refused: nothing is offered, or the offer has run out. Missing: not the actor's own.
    """
    actor.require(Capability.STORAGE_MOVE)
    before = await _locked(actor, id)
    if before.state is WaitState.ACCEPTED:
        return before
    if before.state is not WaitState.OFFERED or before.booking_id is None or before.offer_until is None:
        raise Refused("Nothing is offered to you here any more. Wait anew if you still need the space.")
    if now >= before.offer_until:
        raise Refused("This offer ran out at %(at)s, and went to the next in line.", at=before.offer_until)
    await db.execute(
        "UPDATE storage_booking SET kind = 'booking', placed_at = :now, placed_by = :by, expires_at = :expires WHERE id = :id",
        now=now,
        by=actor.user_id,
        expires=max(planning().unused_until(before.first), before.offer_until),
        id=before.booking_id,
    )
    await _end(id, WaitState.ACCEPTED, now=now)
    await trail.record(
        actor, "wait.accepted", subject="wait", subject_id=id, township_id=before.township_id, now=now,
        facts={"room": before.offered_room_id, "grams": before.grams},
    )  # fmt: skip
    return await waiting_queries.wait(actor, id)


@db.unit_of_work
async def withdraw(actor: Actor, *, id: UUID, now: datetime) -> None:
    """Leaves the line, or declines what is offered: it goes to the next. Withdrawn twice is withdrawn. Missing: not the actor's own."""
    actor.require(Capability.STORAGE_MOVE)
    before = await _locked(actor, id)
    if not before.is_open:
        return
    # One who is in line may be offered something at this very moment: then they are looked at again, with its room locked.
    left = await db.execute(
        "UPDATE storage_wait SET state = 'withdrawn', ended_at = :now WHERE id = :id AND state = :state",
        now=now,
        id=id,
        state=before.state,
    )
    if not left:
        raise Conflict(
            "Somebody else changed this in the meantime. Look at it again, then repeat your change."
        )
    await trail.record(
        actor, "wait.withdrawn", subject="wait", subject_id=id, township_id=before.township_id, now=now,
        facts={"grams": before.grams},
    )  # fmt: skip
    if before.booking_id is not None and before.offered_room_id is not None:
        await db.execute(
            "UPDATE storage_booking SET released_at = :now WHERE id = :id AND released_at IS NULL",
            now=now,
            id=before.booking_id,
        )
        await space.settle(before.offered_room_id, now=now)


async def _locked(actor: Actor, id: UUID) -> WaitRow:
    """Somebody's place as it is with the room of its offer locked."""
    before = await waiting_queries.own_wait(actor, id)
    if before.offered_room_id is None:
        return before
    await stock.lock_rooms([before.offered_room_id])
    return await waiting_queries.own_wait(actor, id)


async def _end(id: UUID, state: WaitState, *, now: datetime) -> None:
    await db.execute(
        "UPDATE storage_wait SET state = :state, ended_at = :now WHERE id = :id AND state = 'offered'",
        state=state,
        now=now,
        id=id,
    )


async def run(*, now: datetime) -> int:
    """What is due: bookings and offers that have run out, those whose days went by in vain, and space for who waits. How many changes."""
    changes = 0
    for (room_id,) in await db.tuples(
        "SELECT DISTINCT room_id FROM storage_booking WHERE released_at IS NULL AND expires_at IS NOT NULL AND expires_at <= :now"
        " ORDER BY room_id LIMIT :batch",
        now=now,
        batch=BATCH,
    ):
        changes += await _settle(room_id, now=now)
    changes += await _give_up(now=now)
    return changes + await _offer_all(now=now)


@db.unit_of_work
async def _settle(room_id: int, *, now: datetime) -> int:
    await stock.lock_rooms([room_id])
    return await space.settle(room_id, now=now)


@db.unit_of_work
async def _give_up(*, now: datetime) -> int:
    return await db.execute(
        "UPDATE storage_wait SET state = 'over', ended_at = :now WHERE state = 'waiting' AND to_on < :today",
        now=now,
        today=clock.local_day(now),
    )


async def _offer_all(*, now: datetime) -> int:
    """Goes along the whole line once: whoever asked first is looked at first, whatever room it is that has space."""
    offers, after = 0, None
    today = clock.local_day(now)
    while True:
        batch = await waiting_queries.in_line("1 = 1", today=today, limit=BATCH, after=after)
        for each in batch:
            for room_id in await waiting_queries.rooms_for(each, today=today, limit=CANDIDATES_MAX):
                if await _offer_one(each, room_id, now=now):
                    offers += 1
                    break
        if len(batch) < BATCH:
            return offers
        after = (batch[-1].asked_at, str(batch[-1].id))


@db.unit_of_work
async def _offer_one(each: InLine, room_id: int, *, now: datetime) -> bool:
    await stock.lock_rooms([room_id])
    return await space.offer_to(each, await queries.room_unscoped(room_id), now=now)
