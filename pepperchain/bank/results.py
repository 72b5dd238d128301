"""What schemes come to, kept up with every sale: nobody adds all settlements up to know it."""

from uuid import UUID

from pepperchain.core import db

_SUMS = (
    "grams",
    "sale_fen",
    "floor_fen",
    "grower_fen",
    "operator_fen",
    "fee_fen",
    "costs_fen",
    "top_up_fen",
)


async def count(sale_id: UUID) -> None:
    """Adds what a sale was settled to. A building block of `sales`, in whose unit it runs."""
    await _add(sale_id, "")


async def take_off(sale_id: UUID) -> None:
    """Takes it off again, when the sale is taken back."""
    await _add(sale_id, "-")


async def _add(sale_id: UUID, sign: str) -> None:
    sums = ", ".join(f"{sign}SUM(t.{name})" for name in _SUMS)
    kept = ", ".join(f"{name} = bank_result.{name} + excluded.{name}" for name in ("settlements", *_SUMS))
    await db.execute(
        f"INSERT INTO bank_result (operator_id, scheme_version_id, season, settlements, {', '.join(_SUMS)})"
        f" SELECT t.operator_id, b.scheme_version_id, d.season, {sign}COUNT(*), {sums} FROM bank_settlement t"
        " JOIN bank_receipt b ON b.id = t.receipt_id JOIN harvest_product d ON d.id = b.product_id WHERE t.sale_id = :id"
        " GROUP BY t.operator_id, b.scheme_version_id, d.season"
        f" ON CONFLICT (operator_id, scheme_version_id, season) DO UPDATE SET {kept}",
        id=sale_id,
    )
