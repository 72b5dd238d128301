"""Database addresses as operators write them."""

import pytest

from pepperchain.core import addresses


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("sqlite:///data/pepper.db", "data/pepper.db"),
        ("sqlite:////srv/pepper.db", "/srv/pepper.db"),
        ("sqlite:///p.db?readers=3", "p.db"),
    ],
)
def test_three_slashes_are_a_relative_path_and_four_an_absolute_one(address: str, path: str) -> None:
    assert addresses.connection(address)["credentials"]["file_path"] == path


def test_options_of_an_address_reach_the_engine() -> None:
    assert addresses.connection("sqlite:///p.db?readers=3")["credentials"]["readers"] == "3"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_is_known_by_both_of_its_names(scheme: str) -> None:
    connection = addresses.connection(f"{scheme}://pepper@db.example/chain?maxsize=8")
    assert connection["engine"].endswith("asyncpg_engine")
    assert connection["credentials"]["database"] == "chain"


def test_another_engine_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="starts with sqlite:// or postgres://"):
        addresses.connection("mysql://pepper@db.example/chain")
