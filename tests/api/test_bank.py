"""The bank through the API: deposits once for each id, receipts, and a preview to the letter of its contract."""

from typing import Any

import httpx2
import pytest

from pepperchain.core import db
from pepperchain.core.ids import new_id
from tests.api.test_weigh_ins import assert_problem
from tests.api.tokens import Machine, machine
from tests.bank.test_pages import lot_of, priced
from tests.harness import cast
from tests.harness.clients import SignIn

__all__ = ["machine"]

EXAMPLE = {
    "quantity_grams": 2_000_000, "floor_fen_per_kg": 5_000, "sale_fen_per_kg": 5_800, "deposited_on": "2020-06-20",
    "sold_on": "2020-10-20", "consortium_member": False, "public_benefit_store": False, "other_costs_fen": 0,
}  # fmt: skip


def refused(answer: httpx2.Response, field: str) -> None:
    """A problem document that names the field."""
    assert answer.status_code == 422, answer.text
    assert_problem(answer)
    assert field in [error["field"] for error in answer.json()["errors"]], answer.text


async def test_a_preview_is_reckoned_by_the_code_that_settles(machine: Machine) -> None:
    clerk = await machine(cast.CLERK_A)
    answer = await clerk.post("/api/v1/settlements/preview", json=EXAMPLE)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["grower_fen"], said["operator_fen"], said["top_up_fen"], said["fee_fen"]) == (
        10_912_000,
        608_000,
        0,
        80_000,
    )
    assert all({"label", "formula", "fen"} <= line.keys() for line in said["lines"])
    assert said["lines"][-1]["fen"] == said["grower_fen"]
    assert (
        await clerk.post("/api/v1/settlements/preview", json=EXAMPLE | {"scheme": "jiangjin"})
    ).json() == said


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity_grams", 0), ("quantity_grams", -1), ("quantity_grams", 1.5), ("quantity_grams", 2**63), ("quantity_grams", "much"),
        ("floor_fen_per_kg", None), ("sale_fen_per_kg", 0), ("sold_on", "2020-06-19"), ("sold_on", "yesterday"), ("scheme", "nobody's"),
        ("other_costs_fen", -5), ("deposited_on", None),
    ],
)  # fmt: skip
async def test_what_cannot_be_reckoned_is_told_at_its_field(machine: Machine, field: str, value: Any) -> None:
    clerk = await machine(cast.CLERK_A)
    answer = await clerk.post("/api/v1/settlements/preview", json=EXAMPLE | {field: value})
    refused(answer, field)


async def test_a_deposit_is_made_once_for_each_id_and_found_by_its_number(
    machine: Machine, client: SignIn
) -> None:
    leader = await client(cast.LEADER_A)
    lot, grade, _ = await lot_of(cast.LEADER_A)
    await priced(leader, grade, "50")
    clerk, stranger = await machine(cast.CLERK_A), await machine(cast.LEADER_B)
    card = await db.scalar(
        "SELECT h.card_number FROM directory_household h JOIN storage_lot l ON l.cooperative_id = h.cooperative_id"
        " WHERE l.id = :id ORDER BY h.id LIMIT 1",
        id=lot,
    )
    sent = {"id": str(new_id()), "lot_id": lot, "household_card": card, "quantity_grams": 5_000}
    first, again = [await clerk.post("/api/v1/deposits", json=sent) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json() == again.json()
    assert (await clerk.post("/api/v1/deposits", json=sent | {"quantity_grams": 4_999})).status_code == 409
    number = first.json()["number"]
    assert (await clerk.get(f"/api/v1/receipts/{number}")).json()["free_grams"] == 5_000
    assert (await stranger.get(f"/api/v1/receipts/{number}")).status_code == 404
    order = {"id": str(new_id()), "quantity_grams": 2_000, "words": "By phone"}
    ordered, repeated = [await clerk.post(f"/api/v1/receipts/{number}/sales", json=order) for _ in range(2)]
    assert (ordered.status_code, repeated.status_code, ordered.json()["ordered_grams"]) == (201, 200, 2_000)
    out = {"id": str(new_id()), "quantity_grams": 3_001, "reason": "For the kitchen"}
    refused(await clerk.post(f"/api/v1/receipts/{number}/withdrawals", json=out), "quantity_grams")
    taken, twice = [
        await clerk.post(f"/api/v1/receipts/{number}/withdrawals", json=out | {"quantity_grams": 1_000})
        for _ in range(2)
    ]
    assert (taken.status_code, twice.status_code, taken.json()["free_grams"]) == (201, 200, 2_000)
    page = await (await client()).get(f"/r/{first.json()['code']}?lang=en")
    assert page.status_code == 200
    assert "genuine" in page.text
    assert page.headers["x-robots-tag"] == "noindex"
    assert (await (await client()).get(f"/r/{'0' * 26}")).status_code == 404


async def test_a_loan_is_asked_for_and_a_part_given_away_once_for_each_id(
    machine: Machine, client: SignIn
) -> None:
    leader = await client(cast.LEADER_A)
    lot, grade, _ = await lot_of(cast.LEADER_A)
    await priced(leader, grade, "50")
    clerk = await machine(cast.CLERK_A)
    homes = await db.tuples(
        "SELECT h.id FROM directory_household h JOIN storage_lot l ON l.cooperative_id = h.cooperative_id"
        " WHERE l.id = :id AND h.ended_on IS NULL ORDER BY h.id LIMIT 2",
        id=lot,
    )
    deposit = {"id": str(new_id()), "lot_id": lot, "household_id": homes[0][0], "quantity_grams": 5_000}
    number = (await clerk.post("/api/v1/deposits", json=deposit)).json()["number"]
    bank = await db.scalar("SELECT id FROM directory_organization WHERE kind = 'bank'")
    loan = {
        "id": str(new_id()), "quantity_grams": 3_000, "lender_id": bank, "loan_fen": 10_000, "due_on": "2099-01-01",
        "words": "By phone",
    }  # fmt: skip
    url = f"/api/v1/receipts/{number}/pledges"
    refused(await clerk.post(url, json=loan | {"loan_fen": 10_501}), "loan_fen")
    refused(await clerk.post(url, json=loan | {"quantity_grams": 5_001}), "quantity_grams")
    asked, again = [await clerk.post(url, json=loan) for _ in range(2)]
    assert (asked.status_code, again.status_code, asked.json()["state"]) == (201, 200, "requested"), (
        asked.text
    )
    assert asked.json() == again.json()
    assert (await clerk.post(url, json=loan | {"loan_fen": 1})).status_code == 409
    gift = {"id": str(new_id()), "quantity_grams": 1_000, "household_id": homes[1][0], "reason": "Parted"}
    given, twice = [await clerk.post(f"/api/v1/receipts/{number}/transfers", json=gift) for _ in range(2)]
    assert (given.status_code, twice.status_code) == (201, 200), given.text
    assert (given.json()["household_id"], given.json()["free_grams"]) == (homes[1][0], 1_000)
    assert given.json()["number"] == twice.json()["number"] != number
