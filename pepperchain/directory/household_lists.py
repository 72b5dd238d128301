"""Households by the hundred: entered, changed and given plots by the same rules as one by one, in some statements for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.sql import insert_text
from pepperchain.core.words import N_
from pepperchain.directory import matching_queries, memberships, people, plots, rules, tallies, terms
from pepperchain.directory.households import TABLE, check_group, to_township, village_of
from pepperchain.directory.matching_queries import Snapshot
from pepperchain.directory.people import Particulars
from pepperchain.directory.plots import Orchard
from pepperchain.directory.queries import AreaRow, may_choose_cooperative
from pepperchain.directory.reading_rules import readings

CHANGED = N_("This household was changed meanwhile.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A household that is not there yet, and its head. `id` is the request's, as of a form."""

    id: UUID
    village_id: int
    head: Particulars
    group_number: int | None = None
    address: str | None = None
    note: str | None = None
    cooperative_id: int | None = None
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A household that was entered."""

    id: int
    card_number: str
    head_id: int


@db.unit_of_work
async def enter_many(actor: Actor, newcomers: Sequence[Newcomer], *, now: datetime) -> list[Admitted]:
    """Households with their heads, in order. What is known of likely doubles was looked at before; see `duplicates`."""
    actor.require(Capability.DIRECTORY_EDIT)
    if not newcomers:
        return []
    today = clock.local_day(now)
    places = {id: await village_of(id) for id in sorted({each.village_id for each in newcomers})}
    joined = await _memberships(actor, newcomers, today)
    heads = [people.checked(each.head, today=today) for each in newcomers]
    ids = await registry.next_ids(TABLE, len(newcomers))
    head_ids = await registry.next_ids(people.TABLE, len(newcomers))
    admitted = [Admitted(id, rules.card_number(id), head) for id, head in zip(ids, head_ids, strict=True)]
    rows = list(zip(newcomers, admitted, heads, joined, strict=True))
    await _insert(
        TABLE, [_household(each, at, head, org, places[each.village_id], now) for each, at, head, org in rows]
    )
    await _insert(
        people.TABLE,
        [_head(each, at, head, org, places[each.village_id], now) for each, at, head, org in rows],
    )
    await terms.write_many(
        [
            terms.Found(
                at.head_id, head.name, head.phone, at.card_number, places[each.village_id].township_id, org
            )
            for each, at, head, org in rows
        ]
    )
    await _insert(
        memberships.TABLE,
        [
            {
                "request_id": uuid5(each.id, "membership"),
                "household_id": at.id,
                "organization_id": org,
                "township_id": places[each.village_id].township_id,
                "started_on": each.joined_on or today,
                "created_at": now,
            }
            for each, at, _, org in rows
            if org is not None
        ],
    )
    await trail.record_many(
        actor,
        [
            trail.Told(
                "household.entered",
                "household",
                at.id,
                places[each.village_id].township_id,
                {
                    "head": head.name,
                    "village": places[each.village_id].name,
                    "cooperative": org,
                    "sheet": True,
                },
                at.head_id,
            )
            for each, at, head, org in rows
        ],
        now=now,
    )
    return admitted


async def _memberships(actor: Actor, newcomers: Sequence[Newcomer], today: date) -> list[int | None]:
    """The cooperative that each one joins."""
    own = None if may_choose_cooperative(actor) else actor.organization_id
    joined = [own if each.cooperative_id is None else each.cooperative_id for each in newcomers]
    for organization_id in {each for each in joined if each is not None}:
        await memberships.check_cooperative(actor, organization_id)
    for each in newcomers:
        if each.joined_on is not None:
            memberships.check_day(each.joined_on, today)
    return joined


def _household(
    each: Newcomer, at: Admitted, head: Particulars, cooperative_id: int | None, place: AreaRow, now: datetime
) -> dict[str, Any]:
    return {
        "id": at.id,
        "request_id": each.id,
        "card_number": at.card_number,
        "head_id": at.head_id,
        "village_id": place.id,
        "township_id": place.township_id,
        "group_number": check_group(each.group_number),
        "address": each.address,
        "cooperative_id": cooperative_id,
        "note": each.note,
        "people": 1,
        "has_phone": head.phone is not None,
        "created_at": now,
    }


def _head(
    each: Newcomer, at: Admitted, head: Particulars, cooperative_id: int | None, place: AreaRow, now: datetime
) -> dict[str, Any]:
    request_id = uuid5(each.id, "head")
    first = readings(head.name)[0]
    sealed = dict.fromkeys(
        f"{kind}_{column}" for kind in ("id_number", "bank_card") for column in ("sealed", "hash", "hint")
    )
    return {
        "id": at.head_id,
        "request_id": request_id,
        "household_id": at.id,
        "township_id": place.township_id,
        "cooperative_id": cooperative_id,
        "name": head.name,
        "pinyin": first.spelled,
        "initials": first.initials,
        "sex": head.sex,
        "born_on": head.born_on,
        "phone": head.phone,
        "is_head": True,
        "has_smartphone": head.has_smartphone,
        "created_at": now,
        **sealed,
        **people.sealed(request_id, id_number=head.id_number, bank_card=head.bank_card),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a sheet says anew of a household that is there; only what changes is named. `version`s are those that were looked at."""

    household_id: int
    version: int
    head_version: int
    household: Mapping[str, Any] = field(default_factory=dict)
    head: Mapping[str, Any] = field(default_factory=dict)


@db.unit_of_work
async def change_many(actor: Actor, corrections: Sequence[Correction], *, now: datetime) -> list[Snapshot]:
    """Changes households and their heads; what they were before, in order: `household` and `head`, whole rows.

    Missing: one of them is not the actor's. Conflict: one was changed since it was looked at.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    ids = [each.household_id for each in corrections]
    if len(await matching_queries.visible(actor, ids)) != len(set(ids)):
        raise Missing()
    await db.lock(TABLE, ids)
    before = await matching_queries.households_as_they_are(ids)
    heads = await matching_queries.people_as_they_are([each["head_id"] for each in before.values()])
    today = clock.local_day(now)
    done: list[Snapshot] = []
    told: list[trail.Told] = []
    for each in corrections:
        household = before[each.household_id]
        head = heads[household["head_id"]]
        if (
            household["version"] != each.version
            or head["version"] != each.head_version
            or household["ended_on"] is not None
        ):
            raise Conflict(CHANGED)
        await _correct_household(each, household)
        await _correct_head(each, head, household, today)
        done.append({"household": household, "head": head})
        told.append(
            trail.Told(
                "household.changed",
                "household",
                each.household_id,
                household["township_id"],
                _facts(each, household, head),
                head["id"],
            )
        )
    await tallies.recount_many(ids)
    await trail.record_many(actor, told, now=now)
    return done


async def _correct_household(each: Correction, before: Snapshot) -> None:
    if not each.household:
        return
    columns = dict(each.household)
    if "village_id" in columns:
        columns["township_id"] = (await village_of(columns["village_id"])).township_id
    if "group_number" in columns:
        check_group(columns["group_number"])
    await registry.revise(TABLE, each.household_id, each.version, **columns)
    township_id: int = columns["township_id"] if "township_id" in columns else before["township_id"]
    if township_id != before["township_id"]:
        await to_township(each.household_id, township_id)


async def _correct_head(each: Correction, head: Snapshot, household: Snapshot, today: date) -> None:
    if not each.head:
        return
    now_known = {
        "name": head["name"],
        "sex": head["sex"],
        "born_on": None if head["born_on"] is None else date.fromisoformat(str(head["born_on"])),
        "phone": head["phone"],
        "has_smartphone": None if head["has_smartphone"] is None else bool(head["has_smartphone"]),
        **each.head,
    }
    person = people.checked(Particulars(**now_known), today=today)
    first = readings(person.name)[0]
    await registry.revise(
        people.TABLE,
        head["id"],
        head["version"],
        name=person.name,
        pinyin=first.spelled,
        initials=first.initials,
        sex=person.sex,
        born_on=person.born_on,
        phone=person.phone,
        has_smartphone=person.has_smartphone,
        **await people.resealed(head["id"], person),
    )
    lies_in = each.household.get("village_id", household["village_id"])
    await terms.rewrite(
        head["id"],
        name=person.name,
        phone=person.phone,
        card_number=household["card_number"],
        township_id=(await village_of(lies_in)).township_id,
        cooperative_id=household["cooperative_id"],
    )


def _facts(each: Correction, household: Snapshot, head: Snapshot) -> dict[str, Any]:
    """Old and new of what is no secret; of secrets, that they were sealed anew."""
    secret = [kind for kind in ("bank_card", "id_number") if each.head.get(kind) is not None]
    facts: dict[str, Any] = {name: [household[name], value] for name, value in each.household.items()}
    facts |= {
        name: [head[name], value]
        for name, value in each.head.items()
        if name not in ("bank_card", "id_number")
    }
    return {**facts, **({"sealed": secret} if secret else {}), "sheet": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotOf:
    """A plot of a household: a new one (`id` is the request's), or `plot_id` as it is from now on."""

    id: UUID
    household_id: int
    orchard: Orchard
    plot_id: int | None = None
    version: int = 0


@db.unit_of_work
async def plant_many(actor: Actor, wanted: Sequence[PlotOf], *, now: datetime) -> list[Snapshot]:
    """Enters and changes plots, in order; for each its `id`, and under `plot` what a changed one was before.

    Missing: a household that is not the actor's. Conflict: a plot was changed since it was looked at. Refused: too many plots.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    ids = sorted({each.household_id for each in wanted})
    if len(await matching_queries.visible(actor, ids)) != len(ids):
        raise Missing()
    today = clock.local_day(now)
    households = await matching_queries.households_as_they_are(ids)
    there = await matching_queries.plots_as_they_are(ids)
    fresh_ids = iter(await registry.next_ids(plots.TABLE, sum(each.plot_id is None for each in wanted)))
    done: list[Snapshot] = []
    rows: list[dict[str, Any]] = []
    for each in wanted:
        household = households[each.household_id]
        columns = await plots.columns_of(each.orchard, household["village_id"], today)
        if each.plot_id is None:
            plot_id = next(fresh_ids)
            rows.append(
                {
                    "id": plot_id,
                    "request_id": each.id,
                    "household_id": each.household_id,
                    "cooperative_id": household["cooperative_id"],
                    "created_at": now,
                    **columns,
                }
            )
            done.append({"id": plot_id})
        else:
            before = there.get(each.plot_id)
            if before is None or before["version"] != each.version:
                raise Conflict(CHANGED)
            await registry.revise(plots.TABLE, each.plot_id, each.version, **columns)
            done.append({"id": each.plot_id, "plot": before})
    await _insert(plots.TABLE, rows)
    await plots.practise_many(
        [
            (at["id"], today.year, each.orchard.practice)
            for each, at in zip(wanted, done, strict=True)
            if each.orchard.practice
        ]
    )
    await tallies.recount_many(ids)
    counted = await matching_queries.households_as_they_are(ids)
    if any(household["plots"] > plots.PLOTS_MAX for household in counted.values()):
        raise Refused(N_("A household has at most %(most)s plots."), most=plots.PLOTS_MAX)
    await _tell_plots(actor, wanted, done, households, now)
    return done


async def _tell_plots(
    actor: Actor,
    wanted: Sequence[PlotOf],
    done: Sequence[Snapshot],
    households: Mapping[int, Snapshot],
    now: datetime,
) -> None:
    await trail.record_many(
        actor,
        [
            trail.Told(
                "plot.entered" if each.plot_id is None else "plot.changed",
                "plot",
                at["id"],
                households[each.household_id]["township_id"],
                {"household": each.household_id, "sheet": True, **plots.facts(each.orchard)},
            )
            for each, at in zip(wanted, done, strict=True)
        ],
        now=now,
    )


async def _insert(table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await db.execute_many(insert_text(table, tuple(rows[0])), rows)
