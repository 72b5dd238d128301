"""The paper of a slip says what the slip says, and no name to those who may not read it."""

from pepperchain.core.units import Grams
from pepperchain.documents import typesetting
from pepperchain.harvest import papers, queries
from tests.harvest.register import NOW, Register


async def test_the_paper_says_what_the_slip_says(register: Register) -> None:
    done = await register.weigh(deduction=Grams(200), price_fen_per_kg=850, moisture_permille=125, bags=3)
    slip = await queries.slip(register.clerk, done.id)
    paper = papers.slip(slip, address="http://x/1", width_mm=58, named=True, now=NOW)
    assert (paper["code"], paper["grower"], paper["net"], paper["net_jin"]) == (
        "BP0001",
        "张青山",
        "50.00",
        "100.00",
    )
    assert (paper["price"], paper["amount"], paper["moisture"]) == ("8.50", "425.00", "12.5%")
    assert (await typesetting.pdf("slip.typ", paper, now=NOW)).startswith(b"%PDF-")


async def test_without_the_right_to_names_the_name_is_masked(register: Register) -> None:
    done = await register.weigh(deliverer_id=register.li.head_id)
    slip = await queries.slip(register.committee, done.id)
    paper = papers.slip(slip, address="http://x/1", width_mm=58, named=False, now=NOW)
    assert (paper["grower"], paper["deliverer"]) == ("张**", "")
