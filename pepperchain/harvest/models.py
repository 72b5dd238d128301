"""Products, slips and the totals kept beside them; who sees which."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core.fields import CentimuField, FenField, GramsField, Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause

GROUP_PLOTS_MIN = 3
"""A yield of fewer plots than this would tell one household's harvest to its neighbours."""

_EVERYWHERE = frozenset({Role.ADMIN, Role.COMMITTEE, Role.SYSTEM})
_COOPERATIVE = frozenset({Role.COOP_LEADER, Role.COOP_CLERK})


def _own(actor: Actor, alias: str) -> Clause:
    """All for the committee, townships for technicians, the own cooperative's, the own household's; nothing for others."""
    if actor.role in _EVERYWHERE:
        return EVERYTHING
    if actor.role in _COOPERATIVE and actor.organization_id is not None:
        return Clause(f"{alias}.cooperative_id = :scope_org", {"scope_org": actor.organization_id})
    if actor.role is Role.TECHNICIAN and actor.township_ids:
        return Clause(f"{alias}.township_id IN :scope_townships", {"scope_townships": actor.township_ids})
    if actor.role is Role.GROWER and actor.household_id is not None:
        return Clause(f"{alias}.household_id = :scope_household", {"scope_household": actor.household_id})
    return NOTHING


class Product(Model):
    """Form × grade × cultivar × season; its commodity is what the ledger counts."""

    id = fields.BigIntField(primary_key=True)
    commodity_id = fields.BigIntField(unique=True)
    form = fields.CharField(max_length=20)
    grade = fields.CharField(max_length=30)
    cultivar = fields.CharField(max_length=30)
    season = fields.IntField()

    class Meta:
        table = "harvest_product"


class Weighin(Model):
    """A slip. Its weights never change; price, lot and the void are written beside them."""

    id = fields.UUIDField(primary_key=True)
    site_id = fields.BigIntField()
    number = fields.BigIntField()
    township_id = fields.BigIntField()
    village_id = fields.BigIntField()
    household_id = fields.BigIntField()
    cooperative_id = fields.BigIntField()
    deliverer_id = fields.BigIntField(null=True)
    plot_id = fields.BigIntField(null=True)
    product_id = fields.BigIntField()
    form = fields.CharField(max_length=20)
    grade = fields.CharField(max_length=30)
    cultivar = fields.CharField(max_length=30)
    season = fields.IntField()
    gross_grams = GramsField()
    tare_grams = GramsField()
    deduction_grams = GramsField()
    net_grams = GramsField()
    bags = fields.IntField(null=True)
    moisture_permille = fields.IntField(null=True)
    picked_at = Instant()
    weighed_at = Instant()
    day = fields.DateField()
    price_fen_per_kg = FenField(null=True)
    amount_fen = FenField(null=True)
    price_set_at = Instant(null=True)
    operator_id = fields.BigIntField(null=True)
    device = fields.CharField(max_length=80, null=True)
    lot_id = fields.BigIntField(null=True)
    voided_at = Instant(null=True)
    void_reason = fields.CharField(max_length=200, null=True)
    void_id = fields.UUIDField(null=True)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "harvest_weighin"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "w") -> Clause:
        """Cooperatives and growers their own, technicians their townships', the committee all; buyers and storekeepers none."""
        return _own(actor, alias)


class DayTotal(Model):
    """What a site weighed in on a day, by product. Voided slips are not in it."""

    cooperative_id = fields.BigIntField(primary_key=True)
    day = fields.DateField()
    site_id = fields.BigIntField()
    product_id = fields.BigIntField()
    township_id = fields.BigIntField()
    slips = fields.IntField()
    net_grams = GramsField()
    amount_fen = FenField()
    unpriced = fields.IntField()

    class Meta:
        table = "harvest_day_total"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "t") -> Clause:
        """As slips; growers have totals of their own."""
        return NOTHING if actor.role is Role.GROWER else _own(actor, alias)


class DayHousehold(Model):
    """What a household brought to a site on a day."""

    site_id = fields.BigIntField(primary_key=True)
    day = fields.DateField()
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    slips = fields.IntField()
    net_grams = GramsField()

    class Meta:
        table = "harvest_day_household"


class PlotSeason(Model):
    """What a plot gave in a season; dry pepper apart, since it is five times its fresh weight."""

    plot_id = fields.BigIntField(primary_key=True)
    season = fields.IntField()
    household_id = fields.BigIntField()
    cooperative_id = fields.BigIntField()
    township_id = fields.BigIntField()
    village_id = fields.BigIntField()
    cultivar = fields.CharField(max_length=30)
    slips = fields.IntField()
    net_grams = GramsField()
    dry_grams = GramsField()

    class Meta:
        table = "harvest_plot_season"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "s") -> Clause:
        """As slips."""
        return _own(actor, alias)


class Yield(Model):
    """Fresh grams and area of a village's plots by cultivar and practice ('' if none was noted). Rebuilt by a job."""

    season = fields.IntField(primary_key=True)
    township_id = fields.BigIntField()
    village_id = fields.BigIntField()
    cultivar = fields.CharField(max_length=30)
    practice = fields.CharField(max_length=30)
    plots = fields.IntField()
    area_centimu = CentimuField()
    net_grams = GramsField()
    as_of = Instant()

    class Meta:
        table = "harvest_yield"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "y") -> Clause:
        """The committee all, technicians their townships', others what tells of no single household."""
        if actor.role in _EVERYWHERE:
            return EVERYTHING
        if actor.role is Role.TECHNICIAN:
            return _own(actor, alias)
        if actor.role in _COOPERATIVE or actor.role is Role.GROWER:
            return Clause(f"{alias}.plots >= :scope_plots", {"scope_plots": GROUP_PLOTS_MIN})
        return NOTHING
