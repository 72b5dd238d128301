"""The demo village: its cast, its households and their season, entered by the verbs that people use."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.policy import Role
from pepperchain.accounts import passwords, users
from pepperchain.accounts.passwords import Secret
from pepperchain.accounts.queries import actor_of_user
from pepperchain.accounts.rules import Belonging
from pepperchain.core import clock, db
from pepperchain.core.units import Centimu, Grams
from pepperchain.directory import areas, households, organizations, people, plots, relations, sites
from pepperchain.directory.household_queries import plots_of
from pepperchain.directory.organizations import Description
from pepperchain.directory.people import Particulars
from pepperchain.directory.plots import Orchard
from pepperchain.directory.sites import Place
from pepperchain.harvest import yields
from pepperchain.seeds import banking, dealings, evening, seasons
from pepperchain.seeds.scene import Grown, Scene, Weighing, form_id, told
from pepperchain.settings import settings
from pepperchain.storage import reports, rooms
from pepperchain.storage.rooms import RoomFacts
from pepperchain.storage.rules import Purpose, RoomKind

ADMIN = "19900000001"
_CLERKS = {"A": "19900000006", "B": "19900000005"}
_LEADERS = {"A": "19900000004", "B": "19900000005"}
_LIGHT = "light_simplified"


async def load(*, now: datetime) -> bool:
    """Enters the village; False if it is there already. The same `now` gives the same village."""
    if await db.scalar("SELECT 1 FROM accounts_user WHERE phone = :phone", phone=ADMIN) is not None:
        return False
    secret = await passwords.chosen(settings().section("accounts")["demo_password"])
    await _enter(secret, now)
    return True


@db.unit_of_work
async def _enter(secret: Secret, now: datetime) -> None:
    """All of it, or nothing."""
    season = seasons.latest(now)
    scene = Scene(now, season, clock.at_local(date(season, 3, 2), 9, 30))
    await areas.load(SYSTEM, now=scene.entered_at)
    await _know_areas(scene)
    await _let_in(scene, secret, lambda person: "organization" not in person and "household" not in person)
    await _organizations(scene)
    await _let_in(scene, secret, lambda person: "organization" in person)
    await _places(scene)
    await _households(scene)
    await _let_in(scene, secret, lambda person: "household" in person)
    await evening.last_year(scene)
    await evening.this_season(scene)
    await evening.these_days(scene)
    await dealings.these_weeks(scene)
    await banking.this_season(scene)
    for year in sorted({season - 1, season, clock.local_day(now).year}):
        await yields.rebuild(SYSTEM, season=year, now=now)
        await reports.rebuild(SYSTEM, season=year, now=now)


async def _know_areas(scene: Scene) -> None:
    for id, name, parent in await db.tuples(
        "SELECT a.id, a.name, p.name FROM directory_area a JOIN directory_area p ON p.id = a.parent_id"
    ):
        scene.areas[parent, name] = id
        if parent == settings().section("areas")["district"]:
            scene.areas[name, ""] = id


async def _let_in(scene: Scene, secret: Secret, which: Callable[[Mapping[str, Any]], bool]) -> None:
    """Accounts of the cast, as far as what they belong to has been entered."""
    for person in told("cast")["person"]:
        if not which(person):
            continue
        belonging = Belonging(
            organization_id=scene.organizations.get(person.get("organization", "")),
            household_id=scene.households[person["household"]].id if "household" in person else None,
            township_ids=tuple(scene.areas[name, ""] for name in person.get("townships", ())),
        )
        user_id = await users.create(
            scene.actors.get(ADMIN, SYSTEM),
            request_id=form_id("user", person["phone"]),
            phone=person["phone"],
            name=person["name"],
            role=Role(person["role"]),
            belonging=belonging,
            secret=secret,
            language=person.get("language", "zh"),
            now=scene.entered_at,
        )
        scene.actors[person["phone"]] = await actor_of_user(user_id)


async def _organizations(scene: Scene) -> None:
    admin, file = scene.actors[ADMIN], told("organizations")
    for one in file["organization"]:
        description = Description(
            kind=one["kind"],
            name=one["name"],
            short_name=one["short_name"],
            credit_code=one.get("credit_code"),
            township_id=scene.areas[one["township"], ""],
            village_id=scene.areas[one["township"], one["village"]] if "village" in one else None,
            address=one.get("address"),
            contact_name=one.get("contact_name"),
            contact_phone=one.get("contact_phone"),
        )
        entered = await organizations.enter(
            admin, id=form_id("organization", one["key"]), organization=description, now=scene.entered_at
        )
        scene.organizations[one["key"]] = entered.id
    for one in file["relation"]:
        await relations.relate(
            admin,
            id=form_id("relation", one["from"], one["to"], one["kind"]),
            from_id=scene.organizations[one["from"]],
            to_id=scene.organizations[one["to"]],
            kind=one["kind"],
            started_on=min(one["started_on"], clock.local_day(scene.entered_at)),
            now=scene.entered_at,
        )


async def _places(scene: Scene) -> None:
    admin, file = scene.actors[ADMIN], told("organizations")
    for one in file["site"]:
        place = Place(
            kind=one["kind"],
            name=one["name"],
            township_id=scene.areas[one["township"], ""],
            slip_prefix=one["slip_prefix"],
            village_id=scene.areas[one["township"], one["village"]] if "village" in one else None,
            address=one["address"],
            public_benefit=one.get("public_benefit", False),
        )
        site = await sites.enter(
            admin,
            id=form_id("site", one["key"]),
            operator_id=scene.organizations[one["operator"]],
            site=place,
            now=scene.entered_at,
        )
        scene.sites[one["key"]] = Weighing(site.id, _CLERKS.get(one["operator"], ADMIN))
    for one in file["room"]:
        facts = RoomFacts(
            name=one["name"],
            purpose=Purpose(one["purpose"]),
            kind=RoomKind(one["kind"]),
            forms=one["forms"],
            capacity=Grams.from_kg(Decimal(one["tonnes"]) * 1000),
            set_point_decidegrees=one["set_point"],
            band_decidegrees=one["band"],
        )
        room = await rooms.enter(
            admin,
            id=form_id("room", one["key"]),
            site_id=scene.sites[one["site"]].id,
            facts=facts,
            now=scene.entered_at,
        )
        scene.rooms[one["key"]] = room.id


async def _households(scene: Scene) -> None:
    for number, one in enumerate(told("households")["household"]):
        leader = scene.actors[_LEADERS[one["cooperative"]]]
        head, *others = (_particulars(person) for person in one["people"])
        id = form_id("household", number)
        entered = await households.enter(
            leader,
            id=id,
            village_id=_village(scene, one),
            head=head,
            group_number=one["group"],
            address=one["address"],
            note=one.get("note"),
            cooperative_id=leader.organization_id,
            joined_on=min(one["joined_on"], clock.local_day(scene.entered_at)),
            plots=[_orchard(plot, scene.season) for plot in one["plots"]],
            confirmed=True,  # namesakes live next door to each other here
            now=scene.entered_at,
        )
        names = {head.name: entered.head_id}
        for place, person in enumerate(others):
            more = await people.enter(
                leader, id=form_id("person", number, place), household_id=entered.id, person=person, confirmed=True,
                now=scene.entered_at,
            )  # fmt: skip
            names[person.name] = more.id
        key = one.get("key", head.name)
        scene.households[key] = Grown(
            entered.id, head.name, names, await _plots(scene, leader, entered.id, one)
        )


def _village(scene: Scene, household: Mapping[str, Any]) -> int:
    township = next(
        one["township"]
        for one in told("organizations")["organization"]
        if one["key"] == household["cooperative"]
    )
    return scene.areas[township, household["village"]]


def _particulars(person: Mapping[str, Any]) -> Particulars:
    return Particulars(
        name=person["name"],
        sex=person["sex"],
        born_on=person["born_on"],
        phone=person.get("phone"),
        has_smartphone=person.get("smartphone"),
        id_number=person.get("id_number"),
        bank_card=person.get("bank_card"),
        agreed=True,  # invented people agree
    )


def _orchard(plot: Mapping[str, Any], season: int) -> Orchard:
    return Orchard(
        name=plot["name"],
        area=Centimu.from_mu(plot["mu"]),
        cultivar=plot["cultivar"],
        planted_year=plot["planted"],
        tree_count=plot["trees"],
        altitude_m=plot["altitude"],
        slope=plot["slope"],
        practice=_practice(plot, season),
    )


def _practice(plot: Mapping[str, Any], season: int) -> str:
    return _LIGHT if plot.get("light_since", season + 1) <= season else "conventional"


async def _plots(
    scene: Scene, leader: Actor, household_id: int, household: Mapping[str, Any]
) -> dict[str, tuple[int, str]]:
    """The household's plots by name; how each was kept the season before is entered on the way."""
    kept = {row.name: (row.id, row.cultivar) for row in await plots_of(leader, household_id)}
    for plot in household["plots"]:
        last = scene.season - 1
        await plots.practise(
            leader,
            id=kept[plot["name"]][0],
            season=last,
            practice=_practice(plot, last),
            now=scene.entered_at,
        )
    return kept
