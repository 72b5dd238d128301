"""Terms on screen: drafted, refused where they were typed, tried on what was, proposed, and published by somebody else."""

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn

TERMS = {
    "floor": "day_price", "top_up": "on", "grower_percent": "70", "operator_percent": "30", "costs": "before_split",
    "fee_fen_per_tonne_month": "80", "fee_charged": "above_floor", "proration": "whole_months", "days_per_month": "30",
    "consortium_discount_percent": "20", "public_benefit_discount_percent": "50", "discounts_combine": "multiply", "forms": "dry",
    "minimum_days": "0", "withdrawable": "on", "early_fee": "as_kept", "loss_borne_by": "operator", "loss_tolerated_ppm": "0.2",
    "sale_ordered_by": "depositor", "transferable": "on", "pledgeable": "on", "pledge_percent_max": "70", "note": "For the slope",
}  # fmt: skip
NAMED = {"name_zh": "北坡代储", "name_en": "North slope", "code": "north"}


async def test_the_districts_terms_from_a_draft_to_a_deposit(client: SignIn) -> None:
    admin, committee, leader = [await client(who) for who in (cast.ADMIN, cast.COMMITTEE, cast.LEADER_A)]
    wrong = await admin.post(
        "/bank/schemes?lang=en", data={**TERMS, **NAMED, "id": str(new_id()), "operator_percent": "40"}
    )
    assert wrong.status_code == 422
    assert "must add up to a hundred percent" in wrong.text
    assert 'value="70"' in wrong.text
    made = await admin.post("/bank/schemes", data={**TERMS, **NAMED, "id": str(new_id())})
    assert made.status_code == 303, made.text
    page = made.headers["location"]
    assert (await leader.get(page)).status_code == 404
    tried = await admin.get(f"{page}/trial?lang=en")
    assert "The sales that were made" in tried.text
    assert (await admin.post(f"{page}/proposal")).status_code == 303
    seen = {"seen": "2", "valid_from": clock.local_day(clock.now()).isoformat()}
    assert (await admin.post(f"{page}/publication", data=seen)).status_code == 403
    assert "Approve and publish" in (await committee.get(f"{page}?lang=en")).text
    assert (await committee.post(f"{page}/publication", data={**seen, "seen": "1"})).status_code == 409
    assert (await committee.post(f"{page}/publication", data=seen)).status_code == 303
    shown = (await leader.get(f"{page}?lang=en")).text
    for words in ("In force", "70 %", "North slope", "For the slope"):
        assert words in shown
    lot = await db.scalar(
        "SELECT MIN(l.id) FROM storage_lot l JOIN accounts_user u ON u.organization_id = l.cooperative_id"
        " WHERE l.operator_id = l.cooperative_id AND u.phone = :phone AND l.form = 'dry' AND l.free_grams > 0",
        phone=cast.LEADER_A,
    )
    assert (
        "North slope"
        in (await (await client(cast.CLERK_A)).get(f"/bank/deposits/new?lot_id={lot}&lang=en")).text
    )


async def test_a_next_version_shows_what_it_says_otherwise(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    assert (await admin.get("/bank/schemes")).status_code == 200
    version, scheme = (
        await db.tuples("SELECT id, scheme_id FROM bank_scheme_version WHERE state = 'published'")
    )[0]
    assert f"of={scheme}" in (await admin.get(f"/bank/schemes/{version}")).text
    form = (await admin.get(f"/bank/schemes/new?of={scheme}&like={version}")).text
    assert 'name="scheme_id"' in form
    data = {**TERMS, "id": str(new_id()), "scheme_id": str(scheme)}
    made = await admin.post("/bank/schemes/revisions", data=data)
    assert made.status_code == 303, made.text
    page = (await admin.get(made.headers["location"] + "?lang=en")).text
    assert "Otherwise than version 1" in page
    assert "<del>60 %</del>" in page
    assert "<ins>70 %</ins>" in page
    changed = await admin.post(
        made.headers["location"] + "/terms",
        data={**TERMS, "seen": "1", "grower_percent": "65", "operator_percent": "35"},
    )
    assert changed.status_code == 303
    assert "<ins>65 %</ins>" in (await admin.get(made.headers["location"])).text
    assert (
        await admin.post(made.headers["location"] + "/end", data={"reason": "The committee said no"})
    ).status_code == 303
    again = await admin.post("/bank/schemes/revisions", data={**data, "id": str(new_id())})
    assert again.status_code == 303


async def test_reports_are_for_those_who_decide_on_terms_and_download_as_a_sheet(client: SignIn) -> None:
    leader, grower = await client(cast.LEADER_A), await client(cast.GROWER_A)
    assert (await grower.get("/bank/reports")).status_code == 403
    page = await leader.get("/bank/reports?lang=en")
    assert page.status_code == 200
    assert "What the bank comes to" in page.text
    assert (await leader.get("/bank/reports?season=1&lang=en")).status_code == 422
