"""A settlement reckoned through by the code that settles, with nothing written."""

from pepperchain.access.actor import Actor
from pepperchain.bank import scheme_queries, terms
from pepperchain.bank.settlement_rules import Facts, Settlement, settle
from pepperchain.bank.terms_rules import FloorRule, Terms
from pepperchain.core.errors import Refused
from pepperchain.settings import section


async def of(actor: Actor, facts: Facts, *, scheme: str | None = None) -> Settlement:
    """What a sale would come to under a scheme's terms of the deposit day, or those that ship.

    Refused: no such scheme, a floor price that is missing, nothing to sell.
    """
    promised = await _terms(actor, facts, scheme)
    if facts.quantity <= 0:
        raise Refused("Write how much, more than zero.", "quantity_grams")
    if facts.sale_fen_per_kg <= 0:
        raise Refused("Write a price, more than zero.", "sale_fen_per_kg")
    if promised.floor is not FloorRule.NONE and not facts.floor_fen_per_kg:
        raise Refused("These terms have a floor: say at which price.", "floor_fen_per_kg")
    return settle(promised, facts)


async def _terms(actor: Actor, facts: Facts, scheme: str | None) -> Terms:
    code = scheme or section("bank")["default_scheme"]
    standing = await scheme_queries.standing_of(actor, code, on=facts.deposited_on)
    if standing is not None:
        return standing.terms
    if code == section("bank")["default_scheme"]:
        return terms.default()
    raise Refused("There is no such scheme, or it was not in force on the day of deposit.", "scheme")
