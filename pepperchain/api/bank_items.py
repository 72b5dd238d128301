"""What the bank's endpoints answer."""

from typing import Any

from pepperchain.api import shapes
from pepperchain.bank import lines
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
