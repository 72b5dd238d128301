"""What the bank's endpoints answer."""

from typing import Any

from pepperchain.api import shapes
from pepperchain.bank import lines
from pepperchain.bank.pledge_queries import PledgeRow
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.settlement_rules import Settlement

LINE = shapes.record(code=shapes.TEXT, label=shapes.TEXT, formula=shapes.TEXT, fen=shapes.WHOLE)

PREVIEW = shapes.record(
    grower_fen=shapes.WHOLE,
    operator_fen=shapes.WHOLE,
    top_up_fen=shapes.WHOLE,
    fee_fen=shapes.WHOLE,
    costs_fen=shapes.WHOLE,
    sale_fen=shapes.WHOLE,
    floor_fen=shapes.WHOLE,
    lines={"type": "array", "items": LINE},
)


def preview(settlement: Settlement) -> dict[str, Any]:
    """A settlement with the formula of each line."""
    return {
        "grower_fen": settlement.grower,
        "operator_fen": settlement.operator,
        "top_up_fen": settlement.top_up,
        "fee_fen": settlement.fee,
        "costs_fen": settlement.costs,
        "sale_fen": settlement.sale,
        "floor_fen": settlement.floor,
        "lines": [
            {
                "code": line.code.value,
                "label": lines.label(line),
                "formula": lines.formula(line),
                "fen": line.fen,
            }
            for line in settlement.lines
        ],
    }


PLEDGE = shapes.record(
    id=shapes.TEXT,
    number=shapes.TEXT,
    state=shapes.TEXT,
    lender_id=shapes.WHOLE,
    quantity_grams=shapes.WHOLE,
    held_grams=shapes.WHOLE,
    called_grams=shapes.WHOLE,
    loan_fen=shapes.WHOLE,
    received_fen=shapes.WHOLE,
    due_on=shapes.DAY,
)


def pledge(row: PledgeRow) -> dict[str, Any]:
    """A pledge as machines read it."""
    return {
        "id": str(row.id), "number": row.number, "state": row.state.value, "lender_id": row.lender_id, "quantity_grams": row.grams,
        "held_grams": row.held_grams, "called_grams": row.called_grams, "loan_fen": row.loan_fen, "received_fen": row.received_fen,
        "due_on": row.due_on.isoformat(),
    }  # fmt: skip


RECEIPT = shapes.record(
    number=shapes.TEXT,
    code=shapes.TEXT,
    state=shapes.TEXT,
    household_id=shapes.WHOLE,
    cooperative_id=shapes.WHOLE,
    operator_id=shapes.WHOLE,
    site_id=shapes.WHOLE,
    lot_id=shapes.WHOLE,
    form=shapes.TEXT,
    grade=shapes.TEXT,
    cultivar=shapes.TEXT,
    season=shapes.WHOLE,
    deposited_on=shapes.DAY,
    quantity_grams=shapes.WHOLE,
    free_grams=shapes.WHOLE,
    ordered_grams=shapes.WHOLE,
    pledged_grams=shapes.WHOLE,
    floor_fen_per_kg=shapes.WHOLE_OR_NULL,
    scheme_version=shapes.WHOLE,
)


def receipt(row: ReceiptRow) -> dict[str, Any]:
    """A receipt as it stands now."""
    same = (
        "number", "code", "household_id", "cooperative_id", "operator_id", "site_id", "lot_id", "form", "grade", "cultivar", "season",
        "free_grams", "ordered_grams", "pledged_grams", "floor_fen_per_kg",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in same},
        "state": row.state.value,
        "deposited_on": row.deposited_on.isoformat(),
        "quantity_grams": row.grams,
        "scheme_version": row.scheme_number,
    }
