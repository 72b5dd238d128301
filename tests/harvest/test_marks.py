"""What rooms above show on the page of a slip, and to whom."""

from pepperchain.core import db
from tests.harness import cast
from tests.harness.clients import SignIn

BANK = "/bank/deposits/new?"


async def test_whoever_deposits_is_led_to_the_bank_and_nobody_else(client: SignIn) -> None:
    (slip,) = (
        await db.tuples(
            "SELECT w.id FROM harvest_weighin w JOIN storage_lot l ON l.id = w.lot_id"
            " JOIN accounts_user u ON u.organization_id = l.cooperative_id AND u.phone = :phone"
            " WHERE l.form = 'dry' AND l.free_grams > 0 ORDER BY w.id LIMIT 1",
            phone=cast.LEADER_A,
        )
    )[0]
    address = f"/harvest/weigh-ins/{slip}"
    for phone, is_led in ((cast.LEADER_A, True), (cast.CLERK_A, True), (cast.COMMITTEE, False)):
        page = await (await client(phone)).get(address)
        assert page.status_code == 200
        assert (BANK in page.text) == is_led
    on_floor = await db.scalar(
        "SELECT w.id FROM harvest_weighin w JOIN accounts_user u ON u.organization_id = w.cooperative_id AND u.phone = :phone"
        " WHERE w.lot_id IS NULL AND w.voided_at IS NULL ORDER BY w.id LIMIT 1",
        phone=cast.LEADER_A,
    )
    assert BANK not in (await (await client(cast.LEADER_A)).get(f"/harvest/weigh-ins/{on_floor}")).text
