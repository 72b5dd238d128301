"""Organizations: entered, changed, ended."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory import rules, terms
from pepperchain.directory.organization_queries import KINDS, OrganizationRow, get_organization
from pepperchain.directory.queries import get_area
from pepperchain.directory.reading_rules import tidy

TABLE = "directory_organization"
SHORT_NAME_MAX = 20


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of an organization."""

    kind: str
    name: str
    short_name: str
    credit_code: str | None = None
    township_id: int | None = None
    village_id: int | None = None
    address: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None


@db.unit_of_work
async def enter(actor: Actor, *, id: UUID, organization: Description, now: datetime) -> Entered:
    """A new organization. Refused: a credit code that another one has."""
    actor.require(Capability.ORGANIZATION_EDIT)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    organization = await checked(organization)
    entered = await registry.enter(TABLE, id, created_at=now, **_columns(organization))
    if not entered.repeated:
        await terms.rewrite_organization(
            entered.id, name=organization.name, short_name=organization.short_name
        )
        await trail.record(
            actor, "organization.entered", subject="organization", subject_id=entered.id, township_id=organization.township_id,
            facts=asdict(organization), now=now,
        )  # fmt: skip
    return entered


@db.unit_of_work
async def change(
    actor: Actor, *, id: int, version: int, organization: Description, now: datetime
) -> OrganizationRow:
    """What is known of it now. Raises Conflict for an older `version`; its kind stays as long as households are its members."""
    actor.require(Capability.ORGANIZATION_EDIT)
    before = await get_organization(actor, id)
    organization = await checked(organization, besides=id)
    if before.kind != organization.kind and await _has_members(id):
        raise Refused(N_("It has members: it stays a cooperative until they have left."), "kind")
    await registry.revise(TABLE, id, version, **_columns(organization))
    await terms.rewrite_organization(id, name=organization.name, short_name=organization.short_name)
    changed = {
        name: [getattr(before, name), value]
        for name, value in asdict(organization).items()
        if getattr(before, name) != value
    }
    await trail.record(
        actor, "organization.changed", subject="organization", subject_id=id, township_id=organization.township_id,
        facts=changed, now=now,
    )  # fmt: skip
    return await get_organization(actor, id)


@db.unit_of_work
async def end(actor: Actor, *, id: int, version: int, on: date, now: datetime) -> None:
    """It was dissolved. Refused while it has members or open sites; its open relations end with it."""
    actor.require(Capability.ORGANIZATION_EDIT)
    before = await get_organization(actor, id)
    if before.ended_on is not None:
        raise Refused(N_("It has ended already."))
    if on > clock.local_day(now):
        raise Refused(N_("This day is still to come."), "on")
    if await _has_members(id):
        raise Refused(N_("It still has members. They have to leave first."))
    if await db.scalar(
        "SELECT 1 FROM directory_site WHERE operator_id = :id AND closed_on IS NULL LIMIT 1", id=id
    ):
        raise Refused(N_("It still has open sites. Close them first."))
    await registry.revise(TABLE, id, version, ended_on=on)
    await db.execute(
        "UPDATE directory_organization_relation SET ended_on = CASE WHEN started_on > :on THEN started_on ELSE :on END,"
        " version = version + 1 WHERE (from_id = :id OR to_id = :id) AND ended_on IS NULL",
        on=on,
        id=id,
    )
    await trail.record(
        actor,
        "organization.ended",
        subject="organization",
        subject_id=id,
        township_id=before.township_id,
        facts={"on": on},
        now=now,
    )


@db.unit_of_work
async def remove(actor: Actor, *, id: int, version: int, now: datetime) -> None:
    """Takes out an organization that was entered by mistake. Conflict: it was changed, or something was built on it."""
    actor.require(Capability.ORGANIZATION_EDIT)
    before = await get_organization(actor, id)
    await registry.revise(TABLE, id, version)
    await db.execute("DELETE FROM directory_organization_term WHERE organization_id = :id", id=id)
    try:
        await db.execute_long("DELETE FROM directory_organization WHERE id = :id", id=id)
    except db.Violation as violation:
        raise Conflict(
            N_("Something was built on %(name)s since: it cannot be taken out any more."),
            name=before.short_name,
        ) from violation
    await trail.record(
        actor, "organization.removed", subject="organization", subject_id=id, township_id=before.township_id,
        facts={"name": before.name}, now=now,
    )  # fmt: skip


async def checked(organization: Description, *, besides: int = 0) -> Description:
    """The same, tidied and with its township. Raises Refused for what cannot be."""
    if organization.kind not in KINDS:
        raise Refused(N_("Choose one of the list."), "kind")
    name, short_name = tidy(organization.name), tidy(organization.short_name)
    if not name:
        raise Refused(N_("Please fill this in."), "name")
    if not short_name or len(short_name) > SHORT_NAME_MAX:
        raise Refused(
            N_("The short name has at most %(most)s characters."), "short_name", most=SHORT_NAME_MAX
        )
    code = None if organization.credit_code is None else rules.credit_code(organization.credit_code)
    if code is not None:
        taken = await db.scalar(
            "SELECT short_name FROM directory_organization WHERE credit_code = :code AND id <> :besides",
            code=code,
            besides=besides,
        )
        if taken is not None:
            raise Refused(N_("%(name)s has this credit code already."), "credit_code", name=taken)
    township_id = organization.township_id
    if organization.village_id is not None:
        village = await get_area(organization.village_id)
        if village.kind != "village" or township_id not in (None, village.township_id):
            raise Refused(N_("Choose a village of the township."), "village_id")
        township_id = village.township_id
    elif township_id is not None and (await get_area(township_id)).kind != "township":
        raise Refused(N_("Choose one of the list."), "township_id")
    return replace(organization, name=name, short_name=short_name, credit_code=code, township_id=township_id)


def _columns(organization: Description) -> dict[str, Any]:
    pinyin, initials = rules.spelled(organization.short_name)
    return {**asdict(organization), "pinyin": pinyin, "initials": initials}


async def _has_members(id: int) -> bool:
    return (
        await db.scalar(
            "SELECT 1 FROM directory_membership WHERE organization_id = :id AND ended_on IS NULL LIMIT 1",
            id=id,
        )
        is not None
    )
