"""People by the hundred: entered, changed and taken back by the same rules as one by one, in some statements for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.sql import insert_text
from pepperchain.core.words import N_
from pepperchain.directory import findings, household_returns, matching_queries, people, tallies, terms
from pepperchain.directory.matching_queries import Snapshot
from pepperchain.directory.people import Particulars
from pepperchain.directory.reading_rules import readings

CHANGED = N_("This person was changed meanwhile.")
SECRETS = ("id_number", "bank_card")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is not there yet. `id` is the request's, as of a form."""

    id: UUID
    household_id: int
    person: Particulars


@dataclass(frozen=True, slots=True)
class Correction:
    """What a sheet says anew of somebody; only what changes is named. `version` is the one that was looked at."""

    id: int
    version: int
    person: Mapping[str, Any] = field(default_factory=dict)


@db.unit_of_work
async def enter_many(actor: Actor, newcomers: Sequence[Newcomer], *, now: datetime) -> list[int]:
    """More people of households, in order. Missing: a household that is not the actor's. Refused: too many people in one."""
    actor.require(Capability.DIRECTORY_EDIT)
    if not newcomers:
        return []
    homes = await _homes(actor, {each.household_id for each in newcomers})
    checked = [people.checked(each.person, today=clock.local_day(now)) for each in newcomers]
    ids = await registry.next_ids(people.TABLE, len(newcomers))
    rows = [
        _row(id, each, person, homes[each.household_id], now)
        for id, each, person in zip(ids, newcomers, checked, strict=True)
    ]
    await db.execute_many(insert_text(people.TABLE, tuple(rows[0])), rows)
    await terms.write_many(
        [
            terms.Found(row["id"], row["name"], row["phone"], None, row["township_id"], row["cooperative_id"])
            for row in rows
        ]
    )
    await tallies.recount_many(homes)
    counted = await matching_queries.households_as_they_are(homes)
    if any(home["people"] > people.PEOPLE_MAX for home in counted.values()):
        raise Refused(N_("A household has at most %(most)s people."), most=people.PEOPLE_MAX)
    await trail.record_many(
        actor,
        [
            trail.Told(
                "person.entered", "person", row["id"], row["township_id"],
                {"household": row["household_id"], "name": row["name"], "sheet": True},
            )
            for row in rows
        ],
        now=now,
    )  # fmt: skip
    return ids


async def _homes(actor: Actor, household_ids: set[int]) -> dict[int, Snapshot]:
    if len(await matching_queries.visible(actor, household_ids)) != len(household_ids):
        raise Missing()
    await db.lock("directory_household", sorted(household_ids))
    homes = await matching_queries.households_as_they_are(household_ids)
    if any(home["ended_on"] is not None for home in homes.values()):
        raise Conflict(N_("This household has ended."))
    return homes


def _row(id: int, each: Newcomer, person: Particulars, home: Snapshot, now: datetime) -> dict[str, Any]:
    first = readings(person.name)[0]
    sealed = dict.fromkeys(f"{kind}_{column}" for kind in SECRETS for column in ("sealed", "hash", "hint"))
    return {
        "id": id,
        "request_id": each.id,
        "household_id": each.household_id,
        "township_id": home["township_id"],
        "cooperative_id": home["cooperative_id"],
        "name": person.name,
        "pinyin": first.spelled,
        "initials": first.initials,
        "sex": person.sex,
        "born_on": person.born_on,
        "phone": person.phone,
        "is_head": False,
        "has_smartphone": person.has_smartphone,
        "created_at": now,
        **sealed,
        **people.sealed(each.id, id_number=person.id_number, bank_card=person.bank_card),
    }


@db.unit_of_work
async def change_many(actor: Actor, corrections: Sequence[Correction], *, now: datetime) -> list[Snapshot]:
    """Changes people; what they were before, in order. Missing: not the actor's. Conflict: changed since they were looked at."""
    actor.require(Capability.DIRECTORY_EDIT)
    before = await matching_queries.people_as_they_are([each.id for each in corrections])
    homes = await _homes(actor, {each["household_id"] for each in before.values()})
    done: list[Snapshot] = []
    for each in corrections:
        was = before.get(each.id)
        if was is None or was["left_on"] is not None or was["version"] != each.version:
            raise Conflict(CHANGED)
        await _correct(each, was, homes[was["household_id"]], clock.local_day(now))
        done.append(was)
    await tallies.recount_many(homes)
    await trail.record_many(
        actor,
        [
            trail.Told("person.changed", "person", each.id, was["township_id"], _facts(each, was))
            for each, was in zip(corrections, _with_township(done, homes), strict=True)
        ],
        now=now,
    )
    return done


def _with_township(done: Sequence[Snapshot], homes: Mapping[int, Snapshot]) -> list[Snapshot]:
    return [{**was, "township_id": homes[was["household_id"]]["township_id"]} for was in done]


async def _correct(each: Correction, was: Snapshot, home: Snapshot, today: date) -> None:
    known = {
        "name": was["name"],
        "sex": was["sex"],
        "born_on": None if was["born_on"] is None else date.fromisoformat(str(was["born_on"])),
        "phone": was["phone"],
        "has_smartphone": None if was["has_smartphone"] is None else bool(was["has_smartphone"]),
        **each.person,
    }
    person = people.checked(Particulars(**known), today=today)
    first = readings(person.name)[0]
    await registry.revise(
        people.TABLE,
        each.id,
        each.version,
        name=person.name,
        pinyin=first.spelled,
        initials=first.initials,
        sex=person.sex,
        born_on=person.born_on,
        phone=person.phone,
        has_smartphone=person.has_smartphone,
        **await people.resealed(each.id, person),
    )
    await terms.rewrite(
        each.id,
        name=person.name,
        phone=person.phone,
        card_number=home["card_number"] if home["head_id"] == each.id else None,
        township_id=home["township_id"],
        cooperative_id=home["cooperative_id"],
    )


def _facts(each: Correction, was: Snapshot) -> dict[str, Any]:
    """Old and new of what is no secret; of secrets, that they were sealed anew."""
    secret = [kind for kind in SECRETS if each.person.get(kind) is not None]
    facts: dict[str, Any] = {
        name: [was[name], value] for name, value in each.person.items() if name not in SECRETS
    }
    return {**facts, **({"sealed": secret} if secret else {}), "sheet": True}


@db.unit_of_work
async def put_back(actor: Actor, were: Mapping[int, Mapping[str, Any]], *, now: datetime) -> None:
    """People as they were before a sheet changed them, by id. A building block of an undo."""
    actor.require(Capability.DIRECTORY_EDIT)
    if not were:
        return
    for id, columns in were.items():
        await household_returns.put_back(people.TABLE, id, columns)
    current = await matching_queries.people_as_they_are(were)
    homes = await matching_queries.households_as_they_are({each["household_id"] for each in current.values()})
    for id, person in current.items():
        home = homes[person["household_id"]]
        await terms.rewrite(
            id,
            name=person["name"],
            phone=person["phone"],
            card_number=home["card_number"] if home["head_id"] == id else None,
            township_id=home["township_id"],
            cooperative_id=home["cooperative_id"],
        )
    await tallies.recount_many(homes)
    await _told(actor, "person.changed", current, now)


@db.unit_of_work
async def remove_many(actor: Actor, ids: Sequence[int], *, now: datetime) -> None:
    """People whom a sheet brought in are gone. Conflict: something was built on one of them. A building block of an undo."""
    actor.require(Capability.DIRECTORY_EDIT)
    if not ids:
        return
    gone = await matching_queries.people_as_they_are(ids)
    for id in ids:
        await terms.forget(id)
    await findings.forget_people(ids)
    try:
        await db.execute_long(f"DELETE FROM {people.TABLE} WHERE id IN :ids", ids=list(ids))
    except db.Violation as violation:
        raise Conflict(
            N_("Something was built on this since: it cannot be taken out any more.")
        ) from violation
    await tallies.recount_many({each["household_id"] for each in gone.values()})
    await _told(actor, "person.removed", gone, now)


async def _told(actor: Actor, verb: str, found: Mapping[int, Snapshot], now: datetime) -> None:
    homes = await matching_queries.households_as_they_are({each["household_id"] for each in found.values()})
    await trail.record_many(
        actor,
        [
            trail.Told(
                verb, "person", id, homes[each["household_id"]]["township_id"],
                {"household": each["household_id"], "name": each["name"], "sheet_undone": True},
            )
            for id, each in found.items()
        ],
        now=now,
    )  # fmt: skip
