"""What this room keeps of depositors: their receipts and what happened to them."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import INNER, WHERE_SEEN, OwnData, OwnTable, Telling, Told

_SITE = "(SELECT s.name FROM directory_site s WHERE s.id = t.site_id)"
_NUMBER = "(SELECT b.number FROM bank_receipt b WHERE b.id = t.{})"
_LENDER = "(SELECT n.short_name FROM directory_organization n WHERE n.id = t.lender_id)"
_THEIRS = "t.receipt_id IN (SELECT b.id FROM bank_receipt b WHERE b.household_id = :household)"

OWN = OwnData(
    N_("Pepper bank"),
    (
        OwnTable(
            "bank_receipt", N_("Receipts"), "t.household_id = :household",
            (
                Told("number", N_("Number")), Told("deposited_on", N_("Deposited"), Telling.DAY), Told("site_id", N_("Site"), sql=_SITE),
                Told("product_id", N_("Form"), Telling.FORM, "(SELECT d.form FROM harvest_product d WHERE d.id = t.product_id)"),
                Told("grams", N_("Weight"), Telling.WEIGHT), Told("free_grams", N_("Free"), Telling.WEIGHT),
                Told("ordered_grams", N_("Sale ordered"), Telling.WEIGHT), Told("pledged_grams", N_("Pledged"), Telling.WEIGHT),
                Told("floor_fen_per_kg", N_("Floor price"), Telling.PRICE), Told("bags", N_("Bags"), Telling.COUNT),
                Told("packing", N_("Packing")), Told("marks", N_("Marks")), Told("quality", N_("Quality")),
                Told("insured_fen", N_("Insured for"), Telling.MONEY), Told("insurer", N_("Insurer")),
                Told("due_on", N_("Until"), Telling.DAY), Told("issued_at", N_("Issued"), Telling.MOMENT),
                Told("parent_id", N_("Made of"), sql=_NUMBER.format("parent_id")), Told("printed", N_("Printed"), Telling.COUNT),
                Told("loss_left_grams", N_("Natural loss that it may still bear"), Telling.WEIGHT),
                Told("state", N_("State")), Told("is_consortium", N_("Member of the consortium"), Telling.FLAG),
                Told("is_public_benefit", N_("Public-benefit store"), Telling.FLAG),
            ),
            {
                "id": INNER, "request_id": INNER, "content_hash": INNER, "code": "opens the public page", "operator_id": WHERE_SEEN,
                "township_id": WHERE_SEEN, "cooperative_id": WHERE_SEEN, "household_id": WHERE_SEEN, "lot_id": INNER,
                "weighin_id": INNER, "scheme_version_id": INNER, "origin": INNER, "issued_by": "who of the staff issued it",
                "issued_by_name": "who of the staff issued it", "custody_hold_id": INNER, "version": INNER,
            },
            organization="cooperative_id",
        ),
        OwnTable(
            "bank_event", N_("What happened to the receipts"), _THEIRS,
            (
                Told("happened_on", N_("Day"), Telling.DAY), Told("receipt_id", N_("Receipt"), sql=_NUMBER.format("receipt_id")),
                Told("kind", N_("What")), Told("grams", N_("Weight"), Telling.WEIGHT), Told("at", N_("Written down"), Telling.MOMENT),
                Told("other_receipt_id", N_("Other receipt"), sql=_NUMBER.format("other_receipt_id")), Told("reason", N_("Reason")),
            ),
            {
                "id": INNER, "transaction_id": INNER, "content_hash": INNER, "user_id": "who of the staff did it",
                "inputs": "how the weight of a loss was reckoned",
                "user_name": "who of the staff did it", "township_id": WHERE_SEEN,
            },
        ),
        OwnTable(
            "bank_order", N_("Orders to sell"), "t.household_id = :household",
            (
                Told("placed_at", N_("Ordered"), Telling.MOMENT), Told("receipt_id", N_("Receipt"), sql=_NUMBER.format("receipt_id")),
                Told("grams", N_("Weight"), Telling.WEIGHT), Told("filled_grams", N_("Sold"), Telling.WEIGHT),
                Told("cancelled_grams", N_("Taken back"), Telling.WEIGHT),
                Told("limit_fen_per_kg", N_("From the price of"), Telling.PRICE), Told("expires_on", N_("Until"), Telling.DAY),
                Told("words", N_("Who asked for it, and how")), Told("state", N_("State")), Told("ended_at", N_("Ended"), Telling.MOMENT),
                Told("reached_on", N_("Price reached"), Telling.DAY), Told("reached_fen_per_kg", N_("Price"), Telling.PRICE),
            ),
            {
                "id": INNER, "household_id": WHERE_SEEN, "cooperative_id": WHERE_SEEN, "operator_id": WHERE_SEEN, "site_id": WHERE_SEEN,
                "township_id": WHERE_SEEN, "product_id": INNER, "kind": "follows from the price", "ordered_by": "staff or themselves",
                "pledge_id": INNER,
                "placed_by": "who of the staff placed it", "placed_by_name": "who of the staff placed it", "content_hash": INNER,
            },
            organization="cooperative_id",
        ),
        OwnTable(
            "bank_pledge", N_("Pledges"), "t.household_id = :household",
            (
                Told("asked_at", N_("Loan asked for"), Telling.MOMENT), Told("receipt_id", N_("Receipt"), sql=_NUMBER.format("receipt_id")),
                Told("lender_id", N_("Lender"), sql=_LENDER), Told("grams", N_("Weight"), Telling.WEIGHT),
                Told("held_grams", N_("Still locked"), Telling.WEIGHT), Told("called_grams", N_("Waits to be sold"), Telling.WEIGHT),
                Told("loan_fen", N_("Loan"), Telling.MONEY), Told("received_fen", N_("Sales brought the lender"), Telling.MONEY),
                Told("due_on", N_("To be paid back until"), Telling.DAY), Told("words", N_("Who asked for it, and how")),
                Told("consented_at", N_("The grower agreed"), Telling.MOMENT), Told("consent_words", N_("How the grower agreed")),
                Told("confirmed_at", N_("The lender confirmed"), Telling.MOMENT), Told("loan_number", N_("Number of the loan")),
                Told("ended_at", N_("Ended"), Telling.MOMENT), Told("ended_reason", N_("Reason")), Told("state", N_("State")),
            ),
            {
                "id": INNER, "household_id": WHERE_SEEN, "cooperative_id": WHERE_SEEN, "operator_id": WHERE_SEEN, "site_id": WHERE_SEEN,
                "township_id": WHERE_SEEN, "asked_by": "the staff or themselves", "asked_by_name": "the staff or themselves",
                "consented_by_name": "the staff or themselves", "confirmed_by_name": "who of the lender's staff", "replaces_id": INNER,
                "ended_by_name": "who ended it", "content_hash": INNER, "version": INNER,
            },
            organization="cooperative_id",
        ),
        OwnTable(
            "bank_settlement", N_("Settlements"), "t.household_id = :household",
            (
                Told("settled_at", N_("Settled"), Telling.MOMENT), Told("receipt_id", N_("Receipt"), sql=_NUMBER.format("receipt_id")),
                Told("grams", N_("Weight"), Telling.WEIGHT), Told("sale_fen", N_("Sale"), Telling.MONEY),
                Told("floor_fen", N_("Worth at the floor price"), Telling.MONEY),
                Told("top_up_fen", N_("Top-up to the floor"), Telling.MONEY),
                Told("fee_fen", N_("Storage fee"), Telling.MONEY), Told("costs_fen", N_("Other costs"), Telling.MONEY),
                Told("operator_fen", N_("The operator's share of the gain"), Telling.MONEY),
                Told("grower_fen", N_("The grower gets"), Telling.MONEY), Told("set_off_fen", N_("Set off"), Telling.MONEY),
                Told("lender_fen", N_("To the lender"), Telling.MONEY),
                Told("lender_id", N_("Lender"), sql=_LENDER), Told("state", N_("State")),
            ),
            {
                "id": INNER, "sale_id": INNER, "order_id": INNER, "household_id": WHERE_SEEN, "cooperative_id": WHERE_SEEN,
                "operator_id": WHERE_SEEN, "site_id": WHERE_SEEN, "township_id": WHERE_SEEN, "lines": "the same numbers, with formulas",
                "payment_id": INNER,
            },
            organization="cooperative_id",
        ),
    ),
    {
        "bank_sale": "pepper of many depositors, sold together", "bank_payment": "sums of many depositors",
        "bank_close": "sums of many depositors", "bank_result": "sums of many depositors",
        "bank_scheme": "terms for everybody", "bank_scheme_version": "terms for everybody", "bank_price": "the market's prices",
        "bank_counter": "numbers of receipts",
    },
)  # fmt: skip
