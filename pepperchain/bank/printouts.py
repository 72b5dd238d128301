"""What is printed of the bank beside the receipt, in the reader's language: a settlement, a statement, a day close, a storage book.

Each gives the data of `bank_sheet.typ` or `bank_storage_book.typ`: words and numbers, nothing that is reckoned there. Depositors stand
with their whole name, as on their receipt's paper, and without phone, card or number.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pepperchain.bank import lines
from pepperchain.bank.account_queries import Line, Money
from pepperchain.bank.close_queries import CloseRow
from pepperchain.bank.close_rules import Figures
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.sale_queries import SettlementRow
from pepperchain.bank.storage_book_rules import PART, Entry, Move, Product, in_store
from pepperchain.core.units import Fen
from pepperchain.core.words import N_
from pepperchain.harvest.rules import words
from pepperchain.web.filters import day, iso, kg, moment, money, ppm, weight, yuan
from pepperchain.web.i18n import _, reader

DISCLAIMER = N_(
    "Pepper is kept here for its owners. This is storage, not banking: no cash is taken in, and no interest is promised."
)
_PAID = {
    "listed": N_("on a payment list"),
    "paid": N_("paid"),
    "reversed": N_("taken back"),
}
_CLOSED = {
    "prepared": N_("waits for a signature"),
    "dropped": N_("prepared anew"),
    "signed": N_("closed"),
}


def settlement(row: SettlementRow, receipt: ReceiptRow, *, now: datetime) -> dict[str, Any]:
    """What a sale of (a part of) a receipt came to: each line with its formula, and who gets what of it."""
    reckoned = [[lines.label(line), lines.formula(line), yuan(line.fen)] for line in lines.read(row.lines)]
    floor = receipt.floor_fen_per_kg
    return _sheet(
        _("Settlement"),
        row.head or "—",
        keeper=row.operator,
        number=row.number,
        mark=_("taken back") if row.state == "reversed" else "",
        facts=[
            (_("Depositor"), row.head or "—"),
            (_("Product"), kind_of(Product(receipt.form, receipt.grade, receipt.cultivar, receipt.season))),
            (_("Weight"), weight(row.grams)),
            (_("Deposited"), day(receipt.deposited_on, year=True)),
            (_("Sold"), f"{day(row.sold_on, year=True)} · {row.buyer} · {_a_kilogram(row.price_fen_per_kg)}"),
            (_("Floor price"), _("none") if floor is None else _a_kilogram(floor)),
            (
                _("Terms"),
                f"{receipt.scheme(reader().language)} {_('version %(number)s') % {'number': receipt.scheme_number}}",
            ),
            (_("Kept at"), f"{row.site} · {row.operator}"),
        ],
        big=_("To be paid: %(amount)s") % {"amount": money(row.due_fen)}
        + (f" · {_(_PAID[row.state])}" if row.state in _PAID else ""),
        sections=[
            section("lwr", [_("Line"), _("How it was reckoned"), _("Yuan")], reckoned),
            _who_gets_what(row),
        ],
        signatures=[(_("Keeper's seal"), ""), (_("Depositor"), ""), (_("Day"), "")],
        now=now,
    )


def _who_gets_what(row: SettlementRow) -> dict[str, Any]:
    """What came in and to whom it went: the two are equal, to the fen."""
    came = [(_("Sale to %(buyer)s") % {"buyer": row.buyer}, row.sale_fen)]
    came += [(_("Top-up to the floor") + f" · {row.operator}", row.top_up_fen)] if row.top_up_fen else []
    went = [(row.head or "—", row.due_fen)]
    for label, fen in (
        (_("To the lender") + f" · {row.lender}", row.lender_fen),
        (
            _("Set off") + f" · {_('what storage of pepper taken out in kind had cost')}",
            row.set_off_fen,
        ),
        (_("The operator's share of the gain") + f" · {row.operator}", row.operator_fen),
        (_("Storage fee") + f" · {row.operator}", row.fee_fen),
        (_("Other costs"), row.costs_fen),
    ):
        went += [(label, fen)] if fen else []
    rows = [[label, yuan(fen), ""] for label, fen in came] + [[label, "", yuan(fen)] for label, fen in went]
    totals = [yuan(Fen(sum(int(fen) for label, fen in side))) for side in (came, went)]
    rows.append([_("Together"), *totals])
    return section(
        "wrr", ["", _("Comes in"), _("Goes to")], rows, head=_("Who gets what"), totals=1
    )  # fmt: skip


def statement(
    head: str, told: Sequence[Line], brought: Money, *, first: date, last: date, now: datetime
) -> dict[str, Any]:
    """A depositor's statement of some days: what sales brought, and what happened to the receipts."""
    names = words(reader().language)
    rows = [
        [
            day(line.happened_on, year=True),
            _(line.kind.label),
            line.number,
            f"{names.form(line.form)} {names.grade(line.grade)}",
            kg(line.grams) if line.grams else "",
            line.reason or "",
        ]
        for line in told
    ]
    facts = [
        (_("Depositor"), head),
        (_("Period"), f"{day(first, year=True)} – {day(last, year=True)}"),
    ]
    if brought.grower_fen:
        facts += [
            (_("Sold"), weight(brought.sold_grams)),
            (_("What sales brought"), money(brought.grower_fen)),
            (_("More than at the floor"), money(brought.extra_fen)),
            (_("Set off"), money(brought.set_off_fen)),
            (_("To the lender"), money(brought.lender_fen)),
            (_("Paid out of it so far"), money(brought.paid_fen)),
        ]
    heads = [_("Day"), _("What"), _("Receipt"), _("Product"), _("Kilograms"), _("Remark")]
    return _sheet(
        _("Statement of storage"),
        head,
        facts=facts,
        sections=[
            section(
                "lllwrw",
                heads,
                rows,
                head=_("What happened to the receipts"),
                empty=_("Nothing in these days."),
            )
        ],
        signatures=[(_("Keeper's seal"), ""), (_("Depositor"), ""), (_("Day"), "")],
        now=now,
    )


def close(row: CloseRow, *, now: datetime) -> dict[str, Any]:
    """A day of a site on one sheet, with both signatures and the head of the ledger's chain."""
    notes = [
        _(
            "At the end is what receipts claim: free, to be sold and pledged together. In the rooms is what lies there, as of %(at)s,"
            " in the lots that receipts stand for."
        )
        % {"at": moment(row.prepared_at, year=True)},
        _("Covered: every gram kept is somebody's claim, and no less lies in the rooms than is claimed."),
    ]
    if row.chain_head:
        notes.append(
            _(
                "Print this sheet and keep it: the seal follows from every entry before it, so nothing in the books can change"
                " unseen."
            )
        )
    return _sheet(
        _("Day close"),
        row.site,
        number=day(row.closed_on, year=True),
        mark="" if row.state == "signed" else _(_CLOSED[row.state]),
        wide=True,
        facts=[
            (_("Site"), row.site),
            (_("Backed"), ppm(row.backing_ppm)),
            (_("Prepared"), f"{row.prepared_by_name}, {moment(row.prepared_at, year=True)}"),
            (_("Signed by"), _signed(row)),
            (_("Seal of the ledger"), row.chain_head or "—"),
        ],
        sections=[_kept(row.figures), _due(row.figures)],
        notes=notes,
        signatures=[(_("Prepared"), row.prepared_by_name), (_("Signed by"), row.signed_by_name or "")],
        now=now,
    )


def _kept(figures: Figures) -> dict[str, Any]:
    rows = [
        [
            kind_of(Product(each.form, each.grade, each.cultivar, each.season)),
            *[
                kg(grams)
                for grams in (
                    each.opened_grams, each.came_grams, each.went_grams, each.closed_grams, each.free_grams, each.ordered_grams,
                    each.pledged_grams, each.claims_now_grams, each.stock_now_grams,
                )
            ],
            _("covered")
            if each.adds_up and each.stock_now_grams >= each.claims_now_grams
            else _("not covered"),
        ]
        for each in figures.products
    ]  # fmt: skip
    heads = [
        _("Product"), _("Before"), _("Came"), _("Went"), _("At the end"), _("Free"), _("To be sold"), _("Pledged"),
        _("Claims when prepared"), _("In the rooms"), _("Covered"),
    ]  # fmt: skip
    return section(
        "w" + "r" * (len(heads) - 2) + "l", heads, rows, head=_("Pepper kept for others, in kilograms"), empty="—"
    )  # fmt: skip


def _due(figures: Figures) -> dict[str, Any]:
    sums = figures.money
    rows = [
        [label, yuan(fen)]
        for label, fen in (
            (_("Sold on this day"), sums.sold_fen),
            (_("Paid on this day"), sums.paid_fen),
            (_("Due to growers"), sums.due_to_growers_fen),
            (_("Due to lenders"), sums.due_to_lenders_fen),
            (_("Owed by growers"), sums.owed_by_growers_fen),
        )
    ]
    return section("wr", [_("Money"), _("Yuan")], rows)


def storage_book(latest: ReceiptRow, book: Sequence[Entry], *, printed: int, now: datetime) -> dict[str, Any]:
    """A household's storage book, of which `latest` is a receipt; `printed` is how often it was printed before."""
    rows = [
        [
            iso(entry.move.happened_on),
            f"{told(entry.move)}\n{kind_of(entry.move.product)}",
            changed(entry.move),
            kg(entry.left_grams),
            yuan(entry.due_fen),
        ]
        for entry in book
    ]
    left = [[kind_of(kept), weight(grams)] for kept, grams in in_store(book).items()]
    due = book[-1].due_fen if book else Fen(0)
    heads = [_("Day"), _("What"), _("Kilograms or yuan"), _("In store"), _("Due, yuan")]
    group = _("group %(number)s") % {"number": latest.group_number} if latest.group_number else ""
    village = latest.village_en if reader().language == "en" else latest.village
    return _sheet(
        _("Storage book"),
        latest.head or "—",
        keeper=latest.operator,
        mark=_("Reprint %(times)s") % {"times": printed} if printed else "",
        facts=[
            (_("Address"), f"{village} {group}".strip()),
            (_("Cooperative"), latest.cooperative),
            (_("As of"), moment(now, year=True)),
            (_("Entries"), str(len(book))),
        ],
        sections=[
            section("lwrrr", heads, rows, head=_("Movements")),
            section(
                "wr", [_("Product"), _("Weight")], left, head=_("In store"), empty=_("Nothing in store.")
            ),
            section("wr", [_("Money"), _("Yuan")], [[_("To be paid"), yuan(due)]]),
        ],
        signatures=[(_("Keeper's seal"), ""), (_("Depositor"), "")],
        now=now,
    )


def told(move: Move) -> str:
    """What moved of which receipt, and which other receipt it came from or went to."""
    way = _("from %(number)s") if move.label == PART else _("to %(number)s")
    other = way % {"number": move.other_number} if move.other_number else ""
    return " ".join(each for each in (_(move.label), move.number, other) if each)


def changed(move: Move) -> str:
    """Kilograms as they came or went, what was locked in brackets, or yuan where it is money that moved."""
    if move.kind is None:
        return ("+" if move.fen > 0 else "−") + money(abs(move.fen))
    if not move.change:
        return f"({kg(move.grams)})"
    return ("+" if move.change > 0 else "") + kg(move.change)


def kind_of(kept: Product) -> str:
    """A product of the book in the reader's words."""
    names = words(reader().language)
    return f"{names.form(kept.form)} {names.grade(kept.grade)} {names.cultivar(kept.cultivar)} {kept.season}"


def _signed(row: CloseRow) -> str:
    return "—" if row.signed_at is None else f"{row.signed_by_name}, {moment(row.signed_at, year=True)}"


def _a_kilogram(fen_per_kg: Fen) -> str:
    return _("%(price)s a kilogram") % {"price": money(fen_per_kg)}


def section(
    columns: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    head: str = "",
    empty: str = "",
    totals: int = 0,
) -> dict[str, Any]:
    """A table of a sheet. `columns`: l as wide as its words, w wraps, r a number; the last `totals` rows are sums."""
    return {
        "columns": list(columns),
        "heads": list(heads),
        "rows": [list(row) for row in rows],
        "head": head,
        "empty": empty,
        "totals": totals,
    }


def _sheet(
    title: str,
    about: str,
    *,
    facts: Sequence[tuple[str, str]],
    sections: Sequence[Mapping[str, Any]],
    signatures: Sequence[tuple[str, str]],
    now: datetime,
    keeper: str = "",
    number: str = "",
    mark: str = "",
    big: str = "",
    wide: bool = False,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    return {
        "lang": reader().language,
        "title": title,
        "about": about,
        "keeper": keeper,
        "number": number,
        "mark": mark,
        "big": big,
        "wide": wide,
        "facts": [list(pair) for pair in facts],
        "sections": list(sections),
        "signatures": [list(pair) for pair in signatures],
        "notes": [*notes, _(DISCLAIMER)],
        "printed": _("Printed %(at)s") % {"at": moment(now, year=True)},
    }
