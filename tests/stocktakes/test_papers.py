"""What is printed: a list without the weights of the book, and the protocol with all of them."""

from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.documents import typesetting
from pepperchain.stocktakes import counting, counts, papers, queries
from tests.stocktakes.shelf import LATER, begin, clerk, hand_in, row, sign, surely
from tests.storage.store import NOW, Store


async def test_the_list_to_count_by_has_no_weight_of_the_book(store: Store) -> None:
    await store.lot(437)
    found = await row(store, await begin(store))
    lines = [counting.to_count(each) for each in await queries.lines(found)]
    printed = papers.count_sheet(found, lines, now=NOW)
    assert len(printed["lines"]) == 1
    assert "437" not in str(printed)
    assert (await typesetting.pdf("count_sheet.typ", printed, now=NOW)).startswith(b"%PDF")


async def test_the_protocol_says_book_count_difference_and_who(store: Store) -> None:
    lot = await store.lot(500)
    id = await begin(store)
    await counts.find(
        clerk(store), id=new_id(), stocktake_id=id, room_id=store.chilled, words="三袋没有标签", grams=Grams(60_000), now=LATER
    )  # fmt: skip
    await surely(store, id, lot, 497)
    await hand_in(store, id)
    await sign(store, id)
    found = await row(store, id)
    printed = papers.protocol(found, await queries.lines(found), await queries.extras(found), now=NOW)
    (line,) = printed["lines"]
    assert (line["book"], line["counted"], line["difference"]) == ("500.00", "497.00", "−3.00")
    assert (printed["lost"], printed["found"], len(printed["extras"])) == ("3.00", "0.00", 1)
    assert all((printed["signed"], printed["handed_in"], not printed["allowed"]))
    assert (await typesetting.pdf("stocktake.typ", printed, now=NOW)).startswith(b"%PDF")
