"""Products and accounts: each once, remembered only when committed."""

import asyncio

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.harvest import products
from tests.harvest.register import Register

CODES = {"form": "fresh", "grade": "grade_1", "cultivar": "jiuyeqing"}


async def test_a_product_is_made_once(register: Register) -> None:
    found = await asyncio.gather(*(products.find_or_make(**CODES, season=2026) for _ in range(8)))
    assert len(set(found)) == 1
    assert await db.scalar("SELECT COUNT(*) FROM harvest_product") == 1
    assert (await products.find_or_make(**CODES, season=2025)).id != found[0].id


async def test_a_product_of_a_unit_that_failed_is_not_remembered(register: Register) -> None:
    @db.unit_of_work
    async def fail() -> None:
        await products.find_or_make(**CODES, season=2026)
        raise Refused("no")

    with pytest.raises(Refused):
        await fail()
    made = await products.find_or_make(**CODES, season=2026)
    assert await db.scalar("SELECT id FROM harvest_product WHERE season = 2026") == made.id


@pytest.mark.parametrize("wrong", [{"form": "smoked"}, {"grade": "ungraded"}, {"cultivar": "tomato"}])
async def test_codes_that_config_does_not_name_are_refused(register: Register, wrong: dict[str, str]) -> None:
    with pytest.raises(Refused):
        await products.find_or_make(**{**CODES, **wrong}, season=2026)


async def test_a_site_has_one_floor_for_each_product(register: Register) -> None:
    @db.unit_of_work
    async def open_twice() -> tuple[int, int, int]:
        product = await products.find_or_make(**CODES, season=2026)
        first = await products.floor_account(
            product, site_id=register.site_a, township_id=register.townships[0]
        )
        again = await products.floor_account(
            product, site_id=register.site_a, township_id=register.townships[0]
        )
        other = await products.floor_account(
            product, site_id=register.site_b, township_id=register.townships[1]
        )
        return first, again, other

    first, again, other = await open_twice()
    assert first == again != other
