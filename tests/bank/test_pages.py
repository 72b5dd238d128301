"""From a lot to the money, as people press it: price, deposit, order, sale, settlement, payment."""

import json
import re
from dataclasses import replace
from typing import Any

from httpx2 import AsyncClient

from pepperchain.bank import doctor, terms
from pepperchain.bank.rules import bounds
from pepperchain.bank.terms_rules import Bearer
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn


async def lot_of(phone: str) -> tuple[int, str, str]:
    """A lot of dry pepper in its cooperative's own room: id, grade, and one of its members by name."""
    lot, grade, coop = (
        await db.tuples(
            "SELECT l.id, l.grade, l.cooperative_id FROM storage_lot l JOIN accounts_user u ON u.organization_id = l.cooperative_id"
            " AND l.operator_id = l.cooperative_id WHERE u.phone = :phone AND l.form = 'dry' AND l.free_grams > 20000"
            " ORDER BY l.id LIMIT 1",
            phone=phone,
        )
    )[0]
    name = await db.scalar(
        "SELECT p.name FROM directory_household h JOIN directory_person p ON p.id = h.head_id WHERE h.cooperative_id = :coop"
        " AND (SELECT COUNT(*) FROM directory_person q WHERE q.name = p.name) = 1 ORDER BY h.id LIMIT 1",
        coop=coop,
    )
    return int(lot), str(grade), str(name)


async def priced(browser: AsyncClient, grade: str, yuan: str) -> None:
    data = {"id": str(new_id()), "form": "dry", "grade": grade, "priced_on": today(), "price": yuan}
    assert (await browser.post("/bank/prices", data=data)).status_code == 303


def today() -> str:
    return clock.local_day(clock.now()).isoformat()


async def deposited(browser: AsyncClient, lot: int, name: str, kg: str, **more: Any) -> str:
    data = {"id": str(new_id()), "lot_id": str(lot), "grower": name, "grams": kg, "grams_unit": "kg", **more}
    answer = await browser.post("/bank/deposits", data=data)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_from_a_lot_to_the_money(client: SignIn) -> None:
    leader, clerk = await client(cast.LEADER_A), await client(cast.CLERK_A)
    lot, grade, name = await lot_of(cast.LEADER_A)
    assert f"/bank/deposits/new?lot_id={lot}" in (await leader.get(f"/storage/lots/{lot}")).text
    assert "price" in (await clerk.get(f"/bank/deposits/new?lot_id={lot}&lang=en")).text
    await priced(leader, grade, "50")
    receipt = await deposited(clerk, lot, name, "10", bags="1", marks="Blue thread")
    page = (await clerk.get(f"{receipt}?lang=en")).text
    for words in ("Warehouse receipt", "Blue thread", "If sold today", name):
        assert words in page
    order = {"id": str(new_id()), "grams": "8", "grams_unit": "kg", "words": "Said so at the counter"}
    assert (await clerk.post(f"{receipt}/orders", data=order)).status_code == 303
    listed = (await leader.get("/bank/sales?lang=en")).text
    product = await db.scalar("SELECT product_id FROM storage_lot WHERE id = :id", id=lot)
    start = re.search(rf"site_id=(\d+)&amp;product_id=({product})\"", listed)
    assert start is not None
    made = await db.scalar("SELECT COUNT(*) FROM bank_sale")
    sale = {
        "id": str(new_id()), "site_id": start[1], "product_id": start[2], "grams": "8", "grams_unit": "kg", "price": "58",
        "buyer": "青麻叙食品", "sold_on": today(), "costs": "0",
    }  # fmt: skip
    looked = await leader.post("/bank/sales?lang=en", data={**sale, "step": "look"})
    assert looked.status_code == 200
    assert "438.40" in looked.text  # 400 at the floor and 60 % of 64
    assert await db.scalar("SELECT COUNT(*) FROM bank_sale") == made
    sold = await leader.post("/bank/sales", data={**sale, "step": "sell"})
    assert sold.status_code == 303
    settled = re.search(r'href="(/bank/settlements/\d+)"', (await leader.get(sold.headers["location"])).text)
    assert settled is not None
    told = (await clerk.get(f"{settled[1]}?lang=en")).text
    for words in ("438.40", "60 % of", "The grower gets", "storage, not banking"):
        assert words in told
    due = (await leader.get("/bank/payouts")).text
    listing = await leader.post(
        "/bank/payouts", data={"id": str(new_id()), "site_id": re.search(r'name="site_id" value="(\d+)"', due)[1]}  # type: ignore[index]
    )  # fmt: skip
    assert listing.status_code == 303
    payout = listing.headers["location"]
    assert (await leader.post(f"{payout}/payment", data={})).status_code == 422
    await db_second_leader()
    other = await client(cast.CLERK_A)
    assert (await other.post(f"{payout}/payment", data={})).status_code == 303
    assert "已付" in (await leader.get(f"{payout}?lang=zh")).text


@db.unit_of_work
async def db_second_leader() -> None:
    """The clerk becomes a leader too, so that there are two who may pay."""
    await db.execute("UPDATE accounts_user SET role = 'coop_leader' WHERE phone = :phone", phone=cast.CLERK_A)


async def receipts() -> int:
    """How much all receipts were issued for."""
    return int(await db.scalar("SELECT COALESCE(SUM(grams), 0) FROM bank_receipt"))


async def test_a_whole_list_is_taken_in_or_told_by_line(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    lot, grade, name = await lot_of(cast.LEADER_A)
    await priced(leader, grade, "50")
    data = {"id": str(new_id()), "lot_id": str(lot), "rows": f"{name} 3.5 1\n无此人 2"}
    before = await receipts()
    refused = await leader.post("/bank/deposits/list?lang=en", data=data)
    assert refused.status_code == 422
    assert "Line 2" in refused.text
    assert await receipts() == before
    data["rows"] = f"{name}\t3.5\t1\n"
    assert (await leader.post("/bank/deposits/list", data=data)).status_code == 303
    assert await receipts() == before + 3_500


async def test_a_name_of_several_asks_which_one_and_nobody_sees_what_is_not_theirs(client: SignIn) -> None:
    leader, stranger, grower = (
        await client(cast.LEADER_A),
        await client(cast.LEADER_B),
        await client(cast.GROWER_A),
    )
    lot, grade, _ = await lot_of(cast.LEADER_A)
    await priced(leader, grade, "50")
    data = {"id": str(new_id()), "lot_id": str(lot), "grower": "李", "grams": "2", "grams_unit": "kg"}
    several = await leader.post("/bank/deposits?lang=en", data=data)
    assert several.status_code == 422
    assert 'name="household_id"' in several.text
    receipt = await deposited(leader, lot, "罗大山", "2")
    assert (await stranger.get(receipt)).status_code == 404
    assert (await grower.get(receipt)).status_code == 200
    assert receipt.rpartition("/")[2] in (await grower.get("/bank")).text
    assert (await grower.post("/bank/deposits", data=data)).status_code == 403
    order = {"id": str(new_id()), "grams": "1", "grams_unit": "kg", "limit": "60"}
    assert (await grower.post(f"{receipt}/orders", data=order)).status_code == 303
    page = (await grower.get(receipt)).text
    cancel = re.search(r'action="(/bank/orders/[^"]+/cancellation)"', page)
    assert cancel is not None
    assert (await grower.post(cancel[1], data={})).status_code == 303


async def test_a_receipt_is_split_endorsed_lost_and_issued_anew(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    lot, grade, _ = await lot_of(cast.LEADER_A)
    await priced(leader, grade, "50")
    receipt = await deposited(leader, lot, "罗大山", "10")

    async def press(what: str, at: str = receipt, **data: str) -> str:
        answer = await leader.post(f"{at}/{what}", data={"id": str(new_id()), **data})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    part = await press("splits", part="4", part_unit="kg")
    assert part != receipt
    assert (
        await leader.post(f"{receipt}/splits", data={"id": str(new_id()), "part": "6"})
    ).status_code == 422
    taken = await press(
        "endorsements", to="单正茂", endorsed="2", endorsed_unit="kg", reason="Owed since May"
    )
    assert "单正茂" in (await leader.get(taken)).text
    await press("losses", at=part, reason="Lost on the way")
    assert "补发" in (await leader.get(f"{part}?lang=zh")).text
    anew = await press("reissues", at=part, reason="Signed by her")
    assert anew != part
    assert "已失效" in (await leader.get(f"/r/{await code_of(part)}?lang=zh")).text
    printed = await leader.post(f"{anew}/prints", data={})
    assert printed.headers["content-type"] == "application/pdf"


async def test_receipts_become_one_on_the_page_that_offers_those_that_fit(client: SignIn) -> None:
    leader, stranger, grower = (
        await client(cast.LEADER_A),
        await client(cast.LEADER_B),
        await client(cast.GROWER_A),
    )
    lot, grade, _ = await lot_of(cast.LEADER_A)
    await priced(leader, grade, "50")
    first, other = [await deposited(leader, lot, "罗大山", "2", bags="1") for _ in range(2)]
    alien = await deposited(leader, lot, "单正茂", "2")
    ids = [each.rpartition("/")[2] for each in (first, other, alien)]
    page = (await leader.get(f"{first}?lang=en")).text
    assert f'name="with_receipts" value="{ids[1]}"' in page
    assert f'name="with_receipts" value="{ids[2]}"' not in page
    data = {"id": str(new_id()), "with_receipts": ids[2]}
    refused = await leader.post(f"{first}/mergers?lang=en", data=data)
    assert refused.status_code == 422
    assert "somebody else" in refused.text
    nothing = await leader.post(f"{first}/mergers?lang=en", data={"id": str(new_id())})
    assert "at least one other" in nothing.text
    data = {"id": str(new_id()), "with_receipts": ids[1]}
    assert (await grower.post(f"{first}/mergers", data=data)).status_code == 403
    assert (await stranger.post(f"{first}/mergers", data=data)).status_code == 404
    made = [(await leader.post(f"{first}/mergers", data=data)).headers["location"] for _ in range(2)]
    assert made[0] == made[1]
    told = (await leader.get(f"{made[0]}?lang=en")).text
    assert told.count("Taken in from") == 2
    assert "Replaced" in (await leader.get(f"{other}?lang=en")).text


async def code_of(receipt: str) -> str:
    return str(
        await db.scalar("SELECT code FROM bank_receipt WHERE id = :id", id=int(receipt.rpartition("/")[2]))
    )


async def test_codes_are_not_tried_out_by_the_thousand(client: SignIn) -> None:
    anybody, code = await client(), "0" * 26
    answers = [
        (await anybody.get(f"/r/{code}")).status_code
        for _ in range(bounds().receipt_code_reads_per_minute + 2)
    ]
    assert answers[-3:] == [404, 429, 429]
    told = await anybody.get(f"/r/{code}?lang=en")
    assert "Too many of these pages" in told.text
    assert (await anybody.get("/login")).status_code == 200


@db.unit_of_work
async def tolerating(receipt: int, grams: int) -> None:
    """From now on the depositor of a receipt bears so much of what is lost."""
    version = await db.scalar("SELECT scheme_version_id FROM bank_receipt WHERE id = :id", id=receipt)
    said = replace(terms.default(), loss_borne_by=Bearer.DEPOSITOR, loss_tolerated_ppm=2_000)
    await db.execute(
        "UPDATE bank_scheme_version SET terms = :terms WHERE id = :id",
        terms=json.dumps(terms.plain(said)),
        id=version,
    )
    await db.execute(
        "UPDATE bank_receipt SET loss_left_grams = :grams WHERE id = :id", grams=grams, id=receipt
    )


async def test_what_counting_takes_off_a_pledged_receipt_is_told_to_depositor_and_lender(
    client: SignIn,
) -> None:
    leader, lender = await client(cast.LEADER_A), await client(cast.LENDER)
    receipt, number, lot, on_hand = (
        await db.tuples(
            "SELECT b.id, b.number, b.lot_id, l.on_hand_grams FROM bank_pledge g JOIN bank_receipt b ON b.id = g.receipt_id"
            " JOIN storage_lot l ON l.id = b.lot_id WHERE g.state = 'active' AND b.free_grams > 1000 ORDER BY b.id LIMIT 1"
        )
    )[0]
    await tolerating(int(receipt), 30)
    page = f"/bank/receipts/{receipt}?lang=en"
    assert "Natural loss" not in (await lender.get(page)).text
    count = {
        "id": str(new_id()), "counted": str((on_hand - 1_000) / 1000), "counted_unit": "kg", "seen": str(on_hand), "reason": "盘点",
    }  # fmt: skip
    answer = await leader.post(f"/storage/lots/{lot}/adjustments", data=count)
    assert answer.status_code == 303, answer.text
    for browser in (leader, lender):
        told = (await browser.get(page)).text
        assert number in told
        assert told.count("Natural loss") == 1
        assert "could bear up to" in told
        assert "bear up to 0.03\u00a0kg" in told
    undo = await leader.post(f"/storage/movements/{count['id']}/reversal", data={"reason": "称错了"})
    assert undo.status_code == 303
    assert "Natural loss taken back" in (await lender.get(page)).text
    assert await doctor.findings() == []
