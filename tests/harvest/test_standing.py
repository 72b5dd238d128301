"""Slips looked up by the hundred: as they stand, and whether a paper says the same of them."""

from datetime import timedelta

from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.harvest import standing
from tests.harvest.register import Register


async def test_slips_are_found_by_id_and_by_number(register: Register) -> None:
    first, second = await register.weigh(), await register.weigh()
    by_id = await standing.of_ids([first.id, second.id, new_id()])
    assert {slip.id for slip in by_id} == {str(first.id), str(second.id)}
    by_number = await standing.by_number({(register.site_a, first.number), (register.site_a, 999)})
    assert [slip.id for slip in by_number.values()] == [str(first.id)]
    assert await standing.of_ids([]) == []


async def test_a_slip_is_like_its_paper_to_the_minute_and_not_with_another_weight(register: Register) -> None:
    paper = register.new(weighed_at=register.new().picked_at + timedelta(minutes=30))
    await register.weigh(**{name: getattr(paper, name) for name in ("id", "weighed_at")})
    (there,) = await standing.of_ids([paper.id])
    assert there.is_like(paper)
    assert not there.is_like(register.new(weighed_at=paper.weighed_at, gross=paper.gross + Grams(10)))
    assert not there.is_like(
        register.new(weighed_at=paper.weighed_at, household_id=register.stranger.household_id)
    )
