"""What a waybill says on paper."""

from pepperchain.documents import typesetting
from pepperchain.storage import consignment_queries, papers
from tests.storage.road import cargo, sent
from tests.storage.store import NOW, Store


async def test_a_waybill_says_what_is_on_the_truck_and_keeps_the_drivers_number_to_itself(
    store: Store,
) -> None:
    done = await sent(store, await store.lot(50), await store.lot(30, grade="grade_2"))
    row = await consignment_queries.consignment(store.clerk, done.id)
    address = f"https://example.org/storage/consignments/{row.id}/arrivals/new"
    printed = papers.waybill(row, await cargo(store, done.id), address=address, now=NOW)
    assert (printed["code"], printed["total"], len(printed["lots"])) == ("BP-T0001", "80.00", 2)
    assert printed["phone"] == "···1234"
    assert "15400001234" not in str(printed)
    assert (await typesetting.pdf("waybill.typ", printed, now=NOW)).startswith(b"%PDF")
