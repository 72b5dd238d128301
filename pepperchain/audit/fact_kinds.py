"""What kinds of values the facts of the trail are, and so how each is told."""

from enum import StrEnum


class Kind(StrEnum):
    """What the value of a fact is, and so how it is told. Those named like a thing are ids, for which the thing's name is told."""

    TEXT = "text"
    BRIEF = "brief"
    COUNT = "count"
    FLAG = "flag"
    DAY = "day"
    WEIGHT = "weight"
    PRICE = "price"
    MONEY = "money"
    MU = "mu"
    DEGREES = "degrees"
    METRES = "metres"
    CODE = "code"
    ROOM_KIND = "room kind"
    ROLE = "role"
    SCOPE = "scope"
    FORM = "forms"
    CULTIVAR = "cultivars"
    GRADE = "grades"
    PRACTICE = "practices"
    CONSENT = "consent_purposes"
    HOUSEHOLD = "household"
    PERSON = "person"
    PLOT = "plot"
    PLACE = "area"
    ORGANIZATION = "organization"
    SITE = "site"
    ROOM = "room"
    LOT = "lot"
    PRODUCT = "product"
    USER = "user"


NAMED = frozenset(
    {
        Kind.HOUSEHOLD, Kind.PERSON, Kind.PLOT, Kind.PLACE, Kind.ORGANIZATION, Kind.SITE, Kind.ROOM, Kind.LOT, Kind.PRODUCT, Kind.USER,
    }
)  # fmt: skip
"""Kinds whose values are ids of things that have names."""
