"""Opening commodities and accounts: each exists once, whoever needs it first."""

from pepperchain.core import db
from pepperchain.ledger.rules import Side, Unit


@db.unit_of_work
async def commodity(code: str, unit: Unit) -> int:
    """The id of a commodity, made if it is new."""
    find = "SELECT id FROM ledger_commodity WHERE code = :code"
    found = await db.scalar(find, code=code)
    if found is None:
        found = await db.scalar(
            "INSERT INTO ledger_commodity (code, unit) VALUES (:code, :unit) ON CONFLICT (code) DO NOTHING RETURNING id",
            code=code,
            unit=unit,
        )
    if found is None:
        found = await db.scalar(find, code=code)
    return int(found)


@db.unit_of_work
async def find_or_open(
    kind: str, ref: str, commodity_id: int, *, side: Side, guarded: bool, township_id: int | None = None
) -> int:
    """The id of the account of `kind` for `ref` in a commodity, opened if it is new.

    A `guarded` account never has less than zero available in its own direction.
    """
    find = "SELECT id FROM ledger_account WHERE kind = :kind AND ref = :ref AND commodity_id = :commodity_id"
    found = await db.scalar(find, kind=kind, ref=ref, commodity_id=commodity_id)
    if found is None:
        # DO NOTHING locks no row: an account locked here would be out of the order in which postings lock theirs.
        found = await db.scalar(
            "INSERT INTO ledger_account (commodity_id, kind, ref, side, guarded, township_id)"
            " VALUES (:commodity_id, :kind, :ref, :side, :guarded, :township_id)"
            " ON CONFLICT (kind, ref, commodity_id) DO NOTHING RETURNING id",
            commodity_id=commodity_id,
            kind=kind,
            ref=ref,
            side=side,
            guarded=guarded,
            township_id=township_id,
        )
    if found is None:
        found = await db.scalar(find, kind=kind, ref=ref, commodity_id=commodity_id)
    return int(found)
