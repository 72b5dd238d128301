"""The price of a day: what a kilogram of a form and grade was worth, entered by whoever watches the market."""

from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.audit import trail
from pepperchain.bank import price_queries
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Invalid, Refused
from pepperchain.core.units import Fen
from pepperchain.harvest.rules import forms, wrong_price

DISTRICT_ROLES = frozenset({Role.ADMIN, Role.COMMITTEE, Role.SYSTEM})


@db.unit_of_work
async def enter(
    actor: Actor,
    *,
    id: UUID,
    form: str,
    grade: str,
    priced_on: date,
    fen_per_kg: Fen,
    source: str | None = None,
    now: datetime,
) -> bool:
    """Enters a day's price; a later word about the same day counts instead, the earlier one stays. False if it was sent before.

    The committee's price is the whole district's, an organization's counts for the pepper that it keeps, before the district's.
    Refused: a day to come, a grade that the form has not, no price at all. Conflict: the id stood for another price.
    """
    actor.require(Capability.BANK_PRICE)
    if wrong := list(wrong_price(fen_per_kg)):
        raise Invalid(wrong)
    if form not in forms() or grade not in forms()[form].grades:
        raise Refused("This form has no such grade.", "grade")
    if priced_on > clock.local_day(now):
        raise Refused("This day has not come yet.", "priced_on")
    operator_id = None if actor.role in DISTRICT_ROLES else actor.organization_id
    written = await db.execute(
        "INSERT INTO bank_price (id, operator_id, form, grade, priced_on, fen_per_kg, source, user_id, user_name, at)"
        " VALUES (:id, :operator_id, :form, :grade, :priced_on, :fen, :source, :user_id, :user_name, :now)"
        " ON CONFLICT (id) DO NOTHING",
        id=id, operator_id=operator_id, form=form, grade=grade, priced_on=priced_on, fen=fen_per_kg, source=source,
        user_id=actor.user_id, user_name=actor.name, now=now,
    )  # fmt: skip
    if not written:
        if await price_queries.same(id, form, grade, priced_on, fen_per_kg):
            return False
        raise Conflict("This was sent before with other contents.")
    await trail.record(
        actor, "bank_price.entered", subject="bank_price", subject_id=id, now=now,
        facts={"form": form, "grade": grade, "day": priced_on, "price": fen_per_kg, "source": source},
    )  # fmt: skip
    return True
