"""What the registry lets segments ask: where a household is, its orchard, its people, its membership."""

from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Criterion, Field, FieldKind, Values, between
from pepperchain.directory.models import COOPERATIVE
from pepperchain.directory.organization_queries import cooperatives, get_organization
from pepperchain.directory.queries import AreaRow, all_villages, townships, villages_for
from pepperchain.settings import settings
from pepperchain.web.i18n import gettext, reader

PLACE, ORCHARD, PEOPLE, MEMBERSHIP = N_("Place"), N_("Orchard"), N_("People"), N_("Membership")
_BANDS = {"L": N_("low"), "M": N_("middle"), "H": N_("high")}


async def _townships(_actor: Actor) -> list[tuple[int | str, str]]:
    return [(area.id, area.called(reader().language)) for area in await townships()]


async def _villages(actor: Actor) -> list[tuple[int | str, str]]:
    return await _named(await villages_for(actor))


async def _every_village(_actor: Actor) -> list[tuple[int | str, str]]:
    return await _named(await all_villages())


async def _named(villages: list[AreaRow]) -> list[tuple[int | str, str]]:
    language = reader().language
    names = {area.id: area.called(language) for area in await townships()}
    return [(area.id, f"{names[area.township_id]} {area.called(language)}") for area in villages]


async def _bands(_actor: Actor) -> list[tuple[int | str, str]]:
    return [(code, gettext(words)) for code, words in _BANDS.items()]


async def _cooperatives(actor: Actor) -> list[tuple[int | str, str]]:
    if actor.role in COOPERATIVE and actor.organization_id is not None:
        own = await get_organization(actor, actor.organization_id)
        return [(own.id, own.short_name)]
    return [*await cooperatives(actor)]


async def _every_cooperative(actor: Actor) -> list[tuple[int | str, str]]:
    return [*await cooperatives(actor)]


async def _cultivars(_actor: Actor) -> list[tuple[int | str, str]]:
    return _coded("cultivars")


async def _practices(_actor: Actor) -> list[tuple[int | str, str]]:
    return _coded("practices")


def _coded(section: str) -> list[tuple[int | str, str]]:
    return [(code, names[reader().language]) for code, names in settings().section(section).items()]


def _township(_actor: Actor, values: Values, _today: date) -> Clause:
    return Clause("h.township_id = :township", values)


def _village(_actor: Actor, values: Values, _today: date) -> Clause:
    return Clause("h.village_id = :village", values)


def _band(_actor: Actor, values: Values, _today: date) -> Clause:
    return Clause(
        "h.village_id IN (SELECT a.id FROM directory_area a WHERE a.kind = 'village' AND a.band = :band)",
        values,
    )


def _cultivar(_actor: Actor, values: Values, _today: date) -> Clause:
    return _plot(Clause("f.cultivar = :cultivar", values))


def _planted(_actor: Actor, values: Values, _today: date) -> Clause:
    return _plot(between("f.planted_year", values, "year"))


def _plot(which: Clause) -> Clause:
    sql = f"EXISTS (SELECT 1 FROM directory_plot f WHERE f.household_id = h.id AND f.ended_on IS NULL AND {which.sql})"
    return Clause(sql, which.params)


def _practice(_actor: Actor, values: Values, _today: date) -> Clause:
    return Clause(
        "EXISTS (SELECT 1 FROM directory_plot f JOIN directory_plot_practice pr ON pr.plot_id = f.id"
        " WHERE f.household_id = h.id AND f.ended_on IS NULL AND pr.practice = :practice AND pr.season = :season)",
        values,
    )


def _area(_actor: Actor, values: Values, _today: date) -> Clause:
    return between("h.area_centimu", values, "area")


def _people(_actor: Actor, values: Values, _today: date) -> Clause:
    return between("h.people", values, "number")


def _phone(_actor: Actor, _values: Values, _today: date) -> Clause:
    return Clause("h.has_phone")


def _smartphone(_actor: Actor, _values: Values, _today: date) -> Clause:
    return Clause(
        "EXISTS (SELECT 1 FROM directory_person p WHERE p.household_id = h.id AND p.left_on IS NULL AND p.has_smartphone)"
    )


def _any_member(_actor: Actor, _values: Values, _today: date) -> Clause:
    return Clause("h.cooperative_id IS NOT NULL")


def _member(_actor: Actor, values: Values, _today: date) -> Clause:
    return Clause("h.cooperative_id = :cooperative", values)


def _joined(_actor: Actor, values: Values, _today: date) -> Clause:
    return _membership("m.ended_on IS NULL", between("m.started_on", values, "day"))


def _left(_actor: Actor, values: Values, _today: date) -> Clause:
    return _membership("m.ended_on IS NOT NULL", between("m.ended_on", values, "day"))


def _membership(state: str, when: Clause) -> Clause:
    days = {name: date.fromisoformat(str(value)) for name, value in when.params.items()}
    return Clause(
        f"EXISTS (SELECT 1 FROM directory_membership m WHERE m.household_id = h.id AND {state} AND {when.sql})",
        days,
    )


CRITERIA = (
    Criterion(
        "township", PLACE, N_("Township"), N_("in %(township)s"), N_("not in %(township)s"), _township,
        (Field("township", FieldKind.PICK, N_("Township"), _townships),), narrows=True,
    ),
    Criterion(
        "village", PLACE, N_("Village"), N_("in %(village)s"), N_("not in %(village)s"), _village,
        (Field("village", FieldKind.PICK, N_("Village"), _villages, _every_village),), narrows=True,
    ),
    Criterion(
        "band", PLACE, N_("Altitude band"), N_("in a village of the %(band)s band"), N_("not in a village of the %(band)s band"), _band,
        (Field("band", FieldKind.CODE, N_("Altitude band"), _bands),),
    ),
    Criterion(
        "cultivar", ORCHARD, N_("Cultivar"), N_("grows %(cultivar)s"), N_("grows no %(cultivar)s"), _cultivar,
        (Field("cultivar", FieldKind.CODE, N_("Cultivar"), _cultivars),),
    ),
    Criterion(
        "area", ORCHARD, N_("Size of the orchard"), N_("orchard of %(area)s"), N_("no orchard of %(area)s"), _area,
        (Field("area", FieldKind.MU, N_("Size"), is_span=True),),
    ),
    Criterion(
        "planted", ORCHARD, N_("Year of planting"), N_("has trees planted %(year)s"), N_("has no trees planted %(year)s"), _planted,
        (Field("year", FieldKind.YEAR, N_("Year"), is_span=True),),
    ),
    Criterion(
        "practice", ORCHARD, N_("Practice"), N_("practises %(practice)s in %(season)s"), N_("does not practise %(practice)s in %(season)s"),
        _practice, (Field("practice", FieldKind.CODE, N_("Practice"), _practices), Field("season", FieldKind.YEAR, N_("Season"))),
    ),
    Criterion(
        "member_any", MEMBERSHIP, N_("Member of any cooperative"), N_("member of a cooperative"), N_("member of no cooperative"),
        _any_member,
    ),
    Criterion(
        "member", MEMBERSHIP, N_("Member of a cooperative"), N_("member of %(cooperative)s"), N_("not a member of %(cooperative)s"),
        _member,
        (Field("cooperative", FieldKind.PICK, N_("Cooperative"), _cooperatives, _every_cooperative),), narrows=True,
        needs=Capability.ORGANIZATION_READ,
    ),
    Criterion(
        "joined", MEMBERSHIP, N_("Joined"), N_("joined its cooperative %(day)s"), N_("did not join its cooperative %(day)s"), _joined,
        (Field("day", FieldKind.DAY, N_("Day"), is_span=True),),
    ),
    Criterion(
        "left", MEMBERSHIP, N_("Membership ended"), N_("left a cooperative %(day)s"), N_("left no cooperative %(day)s"), _left,
        (Field("day", FieldKind.DAY, N_("Day"), is_span=True),),
    ),
    Criterion("phone", PEOPLE, N_("Phone known"), N_("a phone number is known"), N_("no phone number is known"), _phone),
    Criterion(
        "smartphone", PEOPLE, N_("Smartphone"), N_("somebody has a smartphone"), N_("nobody is known to have a smartphone"),
        _smartphone,
    ),
    Criterion(
        "people", PEOPLE, N_("Number of people"), N_("people in the household: %(number)s"), N_("people in the household: not %(number)s"),
        _people, (Field("number", FieldKind.WHOLE, N_("People"), is_span=True),),
    ),
)  # fmt: skip
