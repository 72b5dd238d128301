"""Kinds of sheets: who may bring which."""

import pytest

from pepperchain.core.errors import NotYours
from pepperchain.imports import kinds
from tests.harness import cast


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        (
            cast.LEADER_A,
            {
                "households",
                "people",
                "memberships",
                "tags",
                "weighins",
                "sites",
                "rooms",
                "opening",
                "sensors",
                "readings",
            },
        ),
        (cast.CLERK_A, {"households", "people", "memberships", "tags", "weighins"}),
        (cast.STOREKEEPER, {"sites", "rooms", "opening", "sensors", "readings"}),
        (cast.GROWER_A, set()),
        (cast.BUYER_P, set()),
    ],
)
async def test_each_role_brings_what_is_its_work(village: str, phone: str, expected: set[str]) -> None:
    assert set(kinds.codes_of(await cast.actor(phone))) == expected


async def test_nobody_without_imports_gets_a_kind(village: str) -> None:
    with pytest.raises(NotYours):
        kinds.kind_of(await cast.actor(cast.GROWER_A), "households")


def test_ids_are_made_the_same_in_every_installation() -> None:
    seeds = {code: kinds.seed_of(kind) for code, kind in kinds.KINDS.items()}
    assert len(set(seeds.values())) == len(seeds)
    assert seeds == {code: kinds.seed_of(kind) for code, kind in kinds.KINDS.items()}
