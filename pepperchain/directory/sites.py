"""Sites: where pepper is weighed or kept. Their operators enter them; what is inside belongs to storage."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.directory import rules
from pepperchain.directory.organization_queries import get_organization
from pepperchain.directory.queries import SiteRow, get_area, get_site
from pepperchain.directory.reading_rules import tidy

TABLE = "directory_site"
KINDS = ("collecting_point", "cold_store", "market")


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a site. `slip_prefix` stands before the numbers of its slips and never changes."""

    kind: str
    name: str
    township_id: int
    slip_prefix: str
    village_id: int | None = None
    address: str | None = None
    public_benefit: bool = False


def require_operator(actor: Actor, operator_id: int) -> None:
    """Raises NotYours for whoever is none of the organization's own people, nor an administrator."""
    if actor.role not in (Role.ADMIN, Role.SYSTEM) and operator_id != actor.organization_id:
        raise NotYours()


@db.unit_of_work
async def enter(actor: Actor, *, id: UUID, operator_id: int, site: Place, now: datetime) -> Entered:
    """A new site of an organization; its own people enter it, or an administrator."""
    actor.require(Capability.STORAGE_PLAN)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, True)
    require_operator(actor, operator_id)
    if (await get_organization(actor, operator_id)).ended_on is not None:
        raise Refused(N_("It has ended already."))
    site = await checked(site, operator_id)
    entered = await registry.enter(TABLE, id, operator_id=operator_id, created_at=now, **_columns(site))
    if not entered.repeated:
        await trail.record(
            actor, "site.entered", subject="site", subject_id=entered.id, township_id=site.township_id,
            facts={"operator": operator_id, **asdict(site)}, now=now,
        )  # fmt: skip
    return entered


@db.unit_of_work
async def change(actor: Actor, *, id: int, version: int, site: Place, now: datetime) -> SiteRow:
    """What is known of it now. Raises Conflict for an older `version`."""
    actor.require(Capability.STORAGE_PLAN)
    before = await get_site(actor, id)
    site = await checked(site, before.operator_id, besides=id)
    if site.slip_prefix != before.slip_prefix:
        raise Refused(N_("These letters stand on the site's slips and stay."), "slip_prefix")
    await registry.revise(TABLE, id, version, **_columns(site))
    changed = {
        name: [getattr(before, name), value]
        for name, value in asdict(site).items()
        if getattr(before, name) != value
    }
    await trail.record(
        actor,
        "site.changed",
        subject="site",
        subject_id=id,
        township_id=site.township_id,
        facts=changed,
        now=now,
    )
    return await get_site(actor, id)


@db.unit_of_work
async def close(actor: Actor, *, id: int, version: int, on: date, now: datetime) -> None:
    """Nothing more is weighed or taken in there."""
    actor.require(Capability.STORAGE_PLAN)
    before = await get_site(actor, id)
    if before.closed_on is not None:
        raise Refused(N_("It is closed already."))
    if on > clock.local_day(now):
        raise Refused(N_("This day is still to come."), "on")
    await registry.revise(TABLE, id, version, closed_on=on)
    await trail.record(
        actor,
        "site.closed",
        subject="site",
        subject_id=id,
        township_id=before.township_id,
        facts={"on": on},
        now=now,
    )


@db.unit_of_work
async def remove(actor: Actor, *, id: int, version: int, now: datetime) -> None:
    """Takes out a site that was entered by mistake. Conflict: it was changed, or something was weighed or kept there."""
    actor.require(Capability.STORAGE_PLAN)
    before = await get_site(actor, id)
    require_operator(actor, before.operator_id)
    await registry.revise(TABLE, id, version)
    try:
        await db.execute_long("DELETE FROM directory_site WHERE id = :id", id=id)
    except db.Violation as violation:
        raise Conflict(
            N_("Something was built on %(name)s since: it cannot be taken out any more."), name=before.name
        ) from violation
    await trail.record(
        actor, "site.removed", subject="site", subject_id=id, township_id=before.township_id, facts={"name": before.name}, now=now
    )  # fmt: skip


async def checked(site: Place, operator_id: int, *, besides: int = 0) -> Place:
    """The same, tidied. Raises Refused for what cannot be."""
    if site.kind not in KINDS:
        raise Refused(N_("Choose one of the list."), "kind")
    name, prefix = tidy(site.name), rules.slip_prefix(site.slip_prefix)
    if not name:
        raise Refused(N_("Please fill this in."), "name")
    township_id = site.township_id
    if (await get_area(township_id)).kind != "township":
        raise Refused(N_("Choose one of the list."), "township_id")
    if site.village_id is not None:
        village = await get_area(site.village_id)
        if village.kind != "village" or village.township_id != township_id:
            raise Refused(N_("Choose a village of the township."), "village_id")
    same_name = await db.scalar(
        f"SELECT 1 FROM {TABLE} WHERE operator_id = :operator AND name = :name AND id <> :besides",
        operator=operator_id,
        name=name,
        besides=besides,
    )
    if same_name:
        raise Refused(N_("There is a site of this name already."), "name")
    if await db.scalar(
        f"SELECT 1 FROM {TABLE} WHERE slip_prefix = :prefix AND id <> :besides",
        prefix=prefix,
        besides=besides,
    ):
        raise Refused(N_("Another site has these letters. Choose others."), "slip_prefix")
    return replace(site, name=name, slip_prefix=prefix)


def _columns(site: Place) -> dict[str, Any]:
    pinyin, initials = rules.spelled(site.name)
    return {**asdict(site), "pinyin": pinyin, "initials": initials}
