"""The sums of households after their slips went to another: those that the slips come to."""

from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.harvest import household_sums, weighins
from tests.harvest.register import NOW, Register


@db.unit_of_work
async def _move(register: Register) -> None:
    await db.execute(
        "UPDATE harvest_weighin SET household_id = :new WHERE household_id = :old",
        new=register.zhang.household_id,
        old=register.li.household_id,
    )
    await db.execute(
        "UPDATE directory_plot SET household_id = :new WHERE household_id = :old",
        new=register.zhang.household_id,
        old=register.li.household_id,
    )
    await household_sums.settle([register.zhang.household_id, register.li.household_id])


async def _sums() -> list[tuple[object, ...]]:
    return await db.tuples(
        "SELECT s.household_id, s.slips, s.net_grams FROM harvest_day_household s ORDER BY s.household_id, s.slips"
    )


async def test_days_and_plots_go_along_with_the_slips(register: Register) -> None:
    zhang, li = register.zhang, register.li
    await register.weigh()
    await register.weigh(household_id=li.household_id, plot_id=li.plot_id, gross=Grams(30_000))
    assert len(await _sums()) == 2
    await _move(register)
    assert await _sums() == [(zhang.household_id, 2, 50_200 + 27_900)]
    assert await db.scalar("SELECT household_id FROM harvest_plot_season") == zhang.household_id


async def test_a_day_of_voided_slips_stays_a_row_of_nothing(register: Register) -> None:
    done = await register.weigh()
    await weighins.void(register.leader, id=new_id(), of=done.id, reason="记重了一张", now=NOW)
    before = await _sums()
    await _settle(register)
    assert await _sums() == before == [(register.zhang.household_id, 0, 0)]


@db.unit_of_work
async def _settle(register: Register) -> None:
    await household_sums.settle([register.zhang.household_id])
