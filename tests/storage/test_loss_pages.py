"""Losses in the browser's words: a policy, a count, a case that is explained and closed."""

import re

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn


async def test_a_policy_is_stated_and_wrong_numbers_are_told_beside_their_field(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    page = (await leader.get("/storage/losses/policies/new?lang=en")).text
    data = {
        "id": re.search(r'name="id" value="([^"]+)"', page).group(1),  # type: ignore[union-attr]
        "form": "dry", "kind": "dry", "per_day": "0.05", "tolerance": "0.5",
        "valid_from": re.search(r'name="valid_from"[^>]*value="([^"]+)"', page).group(1),  # type: ignore[union-attr]
        "reason": "Measured",
    }  # fmt: skip
    refused = await leader.post("/storage/losses/policies", data={**data, "per_day": "30"})
    assert refused.status_code == 422
    assert 'id="e-per_day"' in refused.text
    assert (await leader.post("/storage/losses/policies", data=data)).status_code == 303
    assert "50 ppm a day" in (await leader.get("/storage/losses?lang=en")).text
    assert (await (await client(cast.CLERK_A)).get("/storage/losses/policies/new")).status_code == 403


async def test_a_case_is_explained_by_one_and_closed_by_another(client: SignIn) -> None:
    leader, officer = await client(cast.LEADER_A), await client(cast.COMMITTEE)
    today = clock.local_day(clock.now())
    data = {
        "id": str(new_id()),
        "form": "dry",
        "kind": "dry",
        "per_day": "0",
        "valid_from": str(today),
        "reason": "None is lost",
    }
    await leader.post("/storage/losses/policies", data=data)
    lot, grams = (
        await db.tuples(
            "SELECT l.id, l.on_hand_grams FROM storage_lot l JOIN storage_room r ON r.id = l.room_id JOIN accounts_user u"
            " ON u.organization_id = l.operator_id WHERE u.phone = :phone AND l.form = 'dry' AND r.kind = 'dry' AND l.is_open LIMIT 1",
            phone=cast.LEADER_A,
        )
    )[0]
    counted = {
        "id": str(new_id()),
        "counted": f"{(grams - 1000) / 1000:.3f}",
        "reason": "Counted",
        "seen": str(grams),
    }
    assert (await leader.post(f"/storage/lots/{lot}/adjustments", data=counted)).status_code == 303
    listed = (await leader.get("/storage/losses?cases=on&lang=en")).text
    loss = re.search(r'href="(/storage/losses/[0-9a-f-]{36})"', listed).group(1)  # type: ignore[union-attr]
    assert (await leader.post(f"{loss}/closing", data={})).status_code == 403
    assert (await officer.post(f"{loss}/closing", data={})).status_code == 422
    assert (await leader.post(f"{loss}/explanation", data={"words": "A torn sack"})).status_code == 303
    assert "Close the case" not in (await leader.get(f"{loss}?lang=en")).text
    assert "Close the case" in (await officer.get(f"{loss}?lang=en")).text
    assert (await officer.post(f"{loss}/closing", data={})).status_code == 303
    assert (await (await client(cast.LEADER_B)).get(loss)).status_code == 404
    assert "A torn sack" in (await leader.get(loss)).text
