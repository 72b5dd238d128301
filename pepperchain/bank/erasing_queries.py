"""What erasing somebody does to receipts: grams and money stay; nobody is erased while pepper of theirs is kept."""

from pepperchain.core.words import N_
from pepperchain.directory.erasing_rules import (
    BOOKS,
    CODES,
    STAFF,
    Erasing,
    Hindrance,
    Wipe,
    their_name,
    unless_null,
)

ERASING = Erasing(
    (
        Wipe("bank_event", home="t.receipt_id IN (SELECT b.id FROM bank_receipt b WHERE b.household_id IN :homes)",
            sets={"reason": unless_null("reason")}, stays={"user_name": STAFF, "content_hash": CODES, "kind": CODES, "inputs": BOOKS}),
        Wipe("bank_order", home="t.household_id IN :homes", sets={"words": unless_null("words")}, stays={
            "placed_by_name": STAFF, "content_hash": CODES, "kind": CODES, "ordered_by": CODES, "state": CODES}),
        Wipe("bank_settlement", home="t.household_id IN :homes", stays={"lines": BOOKS, "state": CODES}),
        Wipe("bank_pledge", home="t.household_id IN :homes", sets={
            "words": unless_null("words"), "consent_words": unless_null("consent_words"), "ended_reason": unless_null("ended_reason"),
            "asked_by_name": their_name("asked_by_name", "asked_by"), "consented_by_name": unless_null("consented_by_name"),
            "ended_by_name": unless_null("ended_by_name")},
            stays={"confirmed_by_name": STAFF, "loan_number": BOOKS, "content_hash": CODES, "state": CODES}),
        Wipe("bank_receipt", home="t.household_id IN :homes", sets={"marks": unless_null("marks")}, stays={
            "issued_by_name": STAFF, "content_hash": CODES, "number": BOOKS, "code": CODES, "packing": BOOKS, "quality": BOOKS,
            "insurer": BOOKS, "origin": CODES, "state": CODES}),
    ),
    (
        Hindrance(
            N_("%(count)s receipts still stand for pepper in store: sell it or take it out first."), "/bank",
            home="SELECT COUNT(*) FROM bank_receipt b WHERE b.household_id IN :homes AND b.state IN ('open', 'lost')"),
        Hindrance(
            N_("%(count)s settlements are not paid yet."), "/bank/payouts",
            home="SELECT COUNT(*) FROM bank_settlement t WHERE t.household_id IN :homes AND t.state IN ('due', 'listed')"),
    ),
    last_on="SELECT MAX(b.deposited_on) FROM bank_receipt b WHERE b.household_id IN :homes",
)  # fmt: skip
