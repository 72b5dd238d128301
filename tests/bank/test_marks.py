"""From the page of a slip to a deposit out of the lot that its pepper went into."""

import re

from pepperchain.bank import marks
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import lots
from tests.bank.test_pages import priced
from tests.bank.trading import KG
from tests.bank.vault import DAY, NOW, Vault
from tests.harness import cast
from tests.harness.clients import SignIn


async def slip_of(lot_id: int) -> str:
    return str(await db.scalar("SELECT weighin_id FROM storage_lot_slip WHERE lot_id = :id", id=lot_id))


async def test_a_slip_leads_to_its_lot_as_long_as_something_of_it_is_free(vault: Vault) -> None:
    slip = await slip_of(vault.lot_id)
    (mark,) = await marks.of_slip(vault.clerk, slip, now=NOW)
    assert mark.url == f"/bank/deposits/new?lot_id={vault.lot_id}&weighin_id={slip}"
    assert await marks.of_slip(vault.grower, slip, now=NOW) == ()
    assert await marks.of_slip(vault.committee, slip, now=NOW) == ()
    await lots.issue(
        vault.leader, id=new_id(), lot_id=vault.lot_id, grams=Grams(500 * KG), reason="卖掉", now=NOW
    )
    assert await marks.of_slip(vault.clerk, slip, now=NOW) == []


async def test_fresh_pepper_leads_nowhere_until_it_is_dry(vault: Vault) -> None:
    fresh = await vault.store.lot(50, now=NOW, picked_at=NOW - DAY / 12)
    assert await marks.of_slip(vault.clerk, await slip_of(fresh), now=NOW) == []


async def test_pressed_on_the_page_it_is_filled_in_and_the_slip_stands_on_the_receipt(client: SignIn) -> None:
    leader, grower = await client(cast.LEADER_A), await client(cast.GROWER_A)
    slip, lot, grade, net = (
        await db.tuples(
            "SELECT w.id, l.id, l.grade, w.net_grams FROM harvest_weighin w JOIN storage_lot l ON l.id = w.lot_id"
            " JOIN accounts_user u ON u.organization_id = l.cooperative_id AND u.phone = :phone"
            " WHERE l.form = 'dry' AND l.free_grams >= w.net_grams ORDER BY w.id LIMIT 1",
            phone=cast.LEADER_A,
        )
    )[0]
    await priced(leader, grade, "50")
    page = (await leader.get(f"/harvest/weigh-ins/{slip}?lang=en")).text
    link = re.search(
        r'href="(/bank/deposits/new\?[^"]+)"><svg[^>]*><use[^>]*></use></svg>Put into the pepper bank', page
    )
    assert link is not None
    address = link[1].replace("&amp;", "&")
    form = (await leader.get(f"{address}&lang=en")).text
    sent = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    assert (sent["weighin_id"], sent["grams"]) == (str(slip), f"{net / 1000:g}")
    made = await leader.post("/bank/deposits", data=sent)
    assert made.status_code == 303
    row = await db.tuples(
        "SELECT weighin_id, lot_id, grams FROM bank_receipt WHERE id = :id",
        id=int(made.headers["location"].rpartition("/")[2]),
    )
    assert (str(row[0][0]), row[0][1], row[0][2]) == (str(slip), lot, net)
    assert "0 kg of it is not deposited" in (await leader.get(f"{address}&lang=en")).text.replace("\xa0", " ")
    assert (await grower.get(address)).status_code == 403
