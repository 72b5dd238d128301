"""The registry's tables, and who sees which rows of them."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.core.fields import CentimuField, Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause
from pepperchain.directory import scope_rules
from pepperchain.directory.merge_models import Merge, MergeChange
from pepperchain.directory.relation_models import HeadChange, Move, PersonMove, Proxy
from pepperchain.directory.scope_rules import SEES_ALL, growers_of

COOPERATIVE = scope_rules.COOPERATIVE
RELATIONS = (HeadChange, Move, PersonMove, Proxy, Merge, MergeChange)
"""Tables whose models stand in a file of their own, and belong to this room's."""


class Area(Model):
    """The district, its townships and their villages. Everyone sees them."""

    id = fields.BigIntField(primary_key=True)
    parent_id = fields.BigIntField(null=True)
    kind = fields.CharField(max_length=8)
    code = fields.CharField(max_length=12, unique=True)
    name = fields.CharField(max_length=40)
    name_en = fields.CharField(max_length=60)
    pinyin = fields.CharField(max_length=80)
    initials = fields.CharField(max_length=20)
    township_id = fields.BigIntField(null=True)
    band = fields.CharField(max_length=1, null=True)
    altitude_m = fields.IntField(null=True)
    altitude_low_m = fields.IntField(null=True)
    altitude_high_m = fields.IntField(null=True)
    tile_column = fields.IntField(null=True)
    tile_row = fields.IntField(null=True)

    class Meta:
        table = "directory_area"


class Organization(Model):
    """A cooperative, a firm, a department: whoever can be one end of a relation."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    kind = fields.CharField(max_length=20)
    name = fields.CharField(max_length=80)
    short_name = fields.CharField(max_length=20)
    pinyin = fields.TextField()
    initials = fields.TextField()
    credit_code = fields.CharField(max_length=18, null=True, unique=True)
    township_id = fields.BigIntField(null=True)
    village_id = fields.BigIntField(null=True)
    address = fields.CharField(max_length=120, null=True)
    contact_name = fields.CharField(max_length=40, null=True)
    contact_phone = fields.CharField(max_length=16, null=True)
    created_at = Instant()
    version = fields.IntField(default=1)
    ended_on = fields.DateField(null=True)

    class Meta:
        table = "directory_organization"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "o") -> Clause:
        """Organizations are public to everyone but growers, who see their own cooperative through their household."""
        if actor.role is Role.GROWER:
            return Clause(
                f"{alias}.id = (SELECT h.cooperative_id FROM directory_household h WHERE h.id = :scope_household)",
                {"scope_household": actor.household_id},
            )
        return EVERYTHING

    @staticmethod
    def contact_visible_to(actor: Actor, alias: str = "o") -> Clause:
        """Whom to call is told to the district's people, the organization itself, its members, and those it has a relation with."""
        if actor.role in SEES_ALL or actor.role in (Role.TECHNICIAN, Role.DEPARTMENT):
            return EVERYTHING
        if actor.role is Role.GROWER:
            return Organization.visible_to(actor, alias)  # their own cooperative
        if actor.organization_id is None:
            return NOTHING
        return Clause(
            f"({alias}.id = :scope_org OR EXISTS (SELECT 1 FROM directory_organization_relation scope_r"
            f" WHERE scope_r.from_id = {alias}.id AND scope_r.to_id = :scope_org AND scope_r.ended_on IS NULL)"
            f" OR EXISTS (SELECT 1 FROM directory_organization_relation scope_r"
            f" WHERE scope_r.to_id = {alias}.id AND scope_r.from_id = :scope_org AND scope_r.ended_on IS NULL))",
            {"scope_org": actor.organization_id},
        )

    @staticmethod
    def history_visible_to(actor: Actor, alias: str = "o") -> Clause:
        """What was done with an organization is for the district's people: officers all, technicians in their townships."""
        if not actor.may(Capability.HISTORY_READ):
            return NOTHING
        if actor.role in SEES_ALL:
            return EVERYTHING
        if actor.role is Role.TECHNICIAN and actor.township_ids:
            return Clause(f"{alias}.township_id IN :scope_townships", {"scope_townships": actor.township_ids})
        return NOTHING


class OrganizationTerm(Model):
    """What an organization can be found by: each end of its names, in characters, pinyin and initials."""

    term = fields.CharField(max_length=120, primary_key=True)
    organization_id = fields.BigIntField()

    class Meta:
        table = "directory_organization_term"


class OrganizationRelation(Model):
    """`from` supplies, stores at, buys from … `to`, from a day to a day."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    from_id = fields.BigIntField()
    to_id = fields.BigIntField()
    kind = fields.CharField(max_length=20)
    started_on = fields.DateField()
    ended_on = fields.DateField(null=True)
    created_at = Instant()
    version = fields.IntField(default=1)

    class Meta:
        table = "directory_organization_relation"


class Household(Model):
    """The unit that delivers and is paid. What lists show or filter by (people, phone, plots, area) is kept on its row."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    card_number = fields.CharField(max_length=12, null=True, unique=True)
    head_id = fields.BigIntField(null=True)
    contact_person_id = fields.BigIntField(null=True)
    village_id = fields.BigIntField()
    township_id = fields.BigIntField()
    group_number = fields.IntField(null=True)
    address = fields.CharField(max_length=120, null=True)
    cooperative_id = fields.BigIntField(null=True)
    note = fields.CharField(max_length=200, null=True)
    people = fields.IntField(default=0)
    has_phone = fields.BooleanField(default=False)
    plots = fields.IntField(default=0)
    area_centimu = CentimuField(default=0)
    created_at = Instant()
    version = fields.IntField(default=1)
    ended_on = fields.DateField(null=True)
    merged_into_id = fields.BigIntField(null=True)

    class Meta:
        table = "directory_household"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "h") -> Clause:
        """A cooperative's people see its members, technicians their townships, growers themselves."""
        return growers_of(actor, alias, "id")


class Card(Model):
    """A household's card that something happened to: it was lost, or issued in place of a lost one."""

    id = fields.BigIntField(primary_key=True)
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    serial = fields.IntField()
    number = fields.CharField(max_length=12, unique=True)
    state = fields.CharField(max_length=8)
    issued_at = Instant()
    lost_at = Instant(null=True)

    class Meta:
        table = "directory_card"


class Person(Model):
    """Somebody of a household. ID number and bank card are sealed; only their hints are ever shown."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)
    name = fields.CharField(max_length=40)
    pinyin = fields.TextField()
    initials = fields.TextField()
    sex = fields.CharField(max_length=6, null=True)
    born_on = fields.DateField(null=True)
    phone = fields.CharField(max_length=16, null=True)
    is_head = fields.BooleanField(default=False)
    has_smartphone = fields.BooleanField(null=True)
    id_number_sealed = fields.BinaryField(null=True)
    id_number_hash = fields.CharField(max_length=64, null=True)
    id_number_hint = fields.CharField(max_length=18, null=True)
    bank_card_sealed = fields.BinaryField(null=True)
    bank_card_hash = fields.CharField(max_length=64, null=True)
    bank_card_hint = fields.CharField(max_length=19, null=True)
    created_at = Instant()
    version = fields.IntField(default=1)
    left_on = fields.DateField(null=True)
    merged_into_id = fields.BigIntField(null=True)
    erased_at = Instant(null=True)

    class Meta:
        table = "directory_person"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "p") -> Clause:
        """As the household's."""
        return growers_of(actor, alias, "household_id")


class Membership(Model):
    """A household in a cooperative, from a day to a day; at most one is open."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    household_id = fields.BigIntField()
    organization_id = fields.BigIntField()
    township_id = fields.BigIntField()
    started_on = fields.DateField()
    ended_on = fields.DateField(null=True)
    created_at = Instant()
    version = fields.IntField(default=1)

    class Meta:
        table = "directory_membership"


class Plot(Model):
    """A piece of orchard of one cultivar."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    household_id = fields.BigIntField()
    village_id = fields.BigIntField()
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)
    name = fields.CharField(max_length=40)
    area_centimu = CentimuField()
    cultivar = fields.CharField(max_length=30)
    planted_year = fields.IntField(null=True)
    tree_count = fields.IntField(null=True)
    altitude_m = fields.IntField(null=True)
    slope = fields.CharField(max_length=6, null=True)
    created_at = Instant()
    version = fields.IntField(default=1)
    ended_on = fields.DateField(null=True)

    class Meta:
        table = "directory_plot"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "f") -> Clause:
        """As the household's."""
        return growers_of(actor, alias, "household_id")


class PlotPractice(Model):
    """How a plot was worked in a season."""

    plot_id = fields.BigIntField(primary_key=True)
    season = fields.IntField()
    practice = fields.CharField(max_length=20)

    class Meta:
        table = "directory_plot_practice"


class Term(Model):
    """One thing a person can be found by as somebody types; `kind` is a letter of `rules.TermKind`."""

    kind = fields.CharField(max_length=1, primary_key=True)
    term = fields.TextField()
    person_id = fields.BigIntField()
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)

    class Meta:
        table = "directory_term"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "s") -> Clause:
        """As the person's."""
        if actor.role is Role.GROWER and actor.household_id is not None:
            return Clause(
                f"{alias}.person_id IN (SELECT own.id FROM directory_person own WHERE own.household_id = :scope_household)",
                {"scope_household": actor.household_id},
            )
        return growers_of(actor, alias, "person_id")


class Site(Model):
    """A place where pepper is weighed or kept; its rooms belong to storage."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    operator_id = fields.BigIntField()
    kind = fields.CharField(max_length=20)
    name = fields.CharField(max_length=60)
    pinyin = fields.TextField()
    initials = fields.TextField()
    township_id = fields.BigIntField()
    village_id = fields.BigIntField(null=True)
    address = fields.CharField(max_length=120, null=True)
    public_benefit = fields.BooleanField(default=False)
    slip_prefix = fields.CharField(max_length=8, unique=True)
    created_at = Instant()
    version = fields.IntField(default=1)
    closed_on = fields.DateField(null=True)

    class Meta:
        table = "directory_site"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "t") -> Clause:
        """Operators see their own sites, technicians those of their townships, buyers every place that pepper is sold from."""
        if actor.role in SEES_ALL or actor.role is Role.PROCESSOR:
            return EVERYTHING
        if actor.role is Role.TECHNICIAN and actor.township_ids:
            return Clause(f"{alias}.township_id IN :scope_townships", {"scope_townships": actor.township_ids})
        if actor.role in COOPERATIVE | {Role.STOREKEEPER} and actor.organization_id is not None:
            return Clause(f"{alias}.operator_id = :scope_org", {"scope_org": actor.organization_id})
        return NOTHING


class Duplicate(Model):
    """Two households that may be one, and what somebody decided of them. `cooperative_id` is that of both, or NULL."""

    id = fields.BigIntField(primary_key=True)
    household_id = fields.BigIntField()
    other_id = fields.BigIntField()
    person_id = fields.BigIntField()
    other_person_id = fields.BigIntField()
    village_id = fields.BigIntField()
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)
    points = fields.IntField()
    evidence = fields.CharField(max_length=200)
    people = fields.IntField()
    state = fields.CharField(max_length=10)
    found_at = Instant()
    seen_at = Instant()
    decided_at = Instant(null=True)
    decided_by = fields.BigIntField(null=True)
    decided_by_name = fields.CharField(max_length=80, null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "directory_duplicate"
        unique_together = (("household_id", "other_id"),)

    @staticmethod
    def visible_to(actor: Actor, alias: str = "d") -> Clause:
        """A cooperative's people see pairs of which both are members of theirs now; the district's people see all."""
        if actor.role in SEES_ALL:
            return EVERYTHING
        if actor.role in COOPERATIVE and actor.organization_id is not None:
            return Clause(
                f"{alias}.cooperative_id = :scope_org AND (SELECT COUNT(*) FROM directory_household scope_h"
                f" WHERE scope_h.id IN ({alias}.household_id, {alias}.other_id) AND scope_h.cooperative_id = :scope_org) = 2",
                {"scope_org": actor.organization_id},
            )
        return NOTHING
