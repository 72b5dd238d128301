"""The schemes that ship: entered once, whatever happens twice."""

from pepperchain.bank import scheme_queries, schemes, terms
from pepperchain.core import db
from tests.bank.vault import NOW, TODAY, Vault


async def test_the_published_scheme_ships_once_and_every_operator_may_use_it(vault: Vault) -> None:
    assert await schemes.ship(now=NOW) == 1
    assert await schemes.ship(now=NOW) == 0
    (standing,) = await scheme_queries.standing(vault.clerk, operator_id=vault.store.keeper_id, on=TODAY)
    assert standing.terms == terms.default()
    assert standing.name("zh").startswith("江津")
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'bank_scheme.shipped'") == 1
