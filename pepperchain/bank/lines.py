"""Lines of a settlement as people read them, and as they are kept: a formula with its inputs explains itself in either language."""

from collections.abc import Mapping, Sequence
from typing import Any

from pepperchain.bank.settlement_rules import Line, LineCode
from pepperchain.core.units import Fen, Grams
from pepperchain.web.filters import fill, money
from pepperchain.web.i18n import gettext

PERMILLE_PER_PERCENT = 10


def label(line: Line) -> str:
    """What a line is called, in the reader's language."""
    return gettext(line.code.label)


def formula(line: Line) -> str:
    """How a line was reckoned, with its numbers, in the reader's language."""
    return fill(gettext(line.formula), dict(_spelled(name, value) for name, value in line.inputs.items()))


def _spelled(name: str, value: int) -> tuple[str, Any]:
    """An input by the unit that its name ends in."""
    if name.endswith("_fen_per_kg"):
        return name.removesuffix("_fen_per_kg"), money(Fen(value))
    if name.endswith("_fen"):
        return name.removesuffix("_fen"), Fen(value)
    if name.endswith("_grams"):
        return name.removesuffix("_grams"), Grams(value)
    if name.endswith("_permille"):
        whole, part = divmod(value, PERMILLE_PER_PERCENT)
        return name.removesuffix("_permille"), f"{whole}.{part} %" if part else f"{whole} %"
    return name, value


def kept(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Lines as JSON keeps them."""
    return [
        {"code": line.code.value, "fen": int(line.fen), "formula": line.formula, "inputs": {n: int(v) for n, v in line.inputs.items()}}
        for line in lines
    ]  # fmt: skip


def read(rows: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The lines again."""
    return tuple(Line(LineCode(row["code"]), Fen(row["fen"]), row["formula"], row["inputs"]) for row in rows)
