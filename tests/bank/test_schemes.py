"""Schemes: what ships is entered once; terms are drafted by one, published by another, and what stands keeps its own."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pepperchain.access.policy import Role
from pepperchain.bank import scheme_queries, schemes, terms
from pepperchain.bank.schemes import NewScheme
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Invalid, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen
from tests.bank.vault import DAY, NOW, TODAY, Vault

SHIPPED = terms.plain(terms.default())
NORTH = NewScheme(code="north", name_zh="北坡代储")


def said(**changes: Any) -> dict[str, Any]:
    return {**SHIPPED, **changes}


async def drafted(vault: Vault, **changes: Any) -> int:
    """A draft of the cooperative's own scheme, by its leader."""
    return await schemes.draft(
        vault.leader, id=new_id(), scheme=NORTH, said=said(**changes), note="For the slope", now=NOW
    )


async def published(vault: Vault, id: int, **changes: Any) -> None:
    """Proposed by the leader and published by another."""
    await schemes.propose(vault.leader, version_id=id, now=NOW)
    row = await scheme_queries.version(vault.leader, id)
    await schemes.publish(
        second(vault), version_id=id, **{"valid_from": TODAY, "seen": row.version, "now": NOW, **changes}
    )


def second(vault: Vault) -> Any:
    """Another leader of the same cooperative."""
    return replace(vault.leader, user_id=112, name="解云岭")


async def test_the_published_scheme_ships_once_and_every_operator_may_use_it(vault: Vault) -> None:
    assert await schemes.ship(now=NOW) == 1
    assert await schemes.ship(now=NOW) == 0
    (standing,) = await scheme_queries.standing(vault.clerk, operator_id=vault.store.keeper_id, on=TODAY)
    assert standing.terms == terms.default()
    assert standing.name("zh").startswith("江津")
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'bank_scheme.shipped'") == 1


async def test_what_one_drafts_another_publishes_and_deposits_are_made_under_it(vault: Vault) -> None:
    id = await drafted(vault, grower_percent=70, operator_percent=30)
    assert [row.id for row in await scheme_queries.all_under_way(vault.leader)] == [id]
    await published(vault, id)
    receipt = await vault.deposit(scheme_version_id=id)
    assert receipt.scheme_version_id == id
    verbs = await db.tuples(
        "SELECT verb FROM audit_entry WHERE subject = 'bank_scheme' AND verb <> 'bank_scheme.shipped' ORDER BY id"
    )
    assert [verb for (verb,) in verbs] == [
        "bank_scheme.drafted",
        "bank_scheme.proposed",
        "bank_scheme.published",
    ]


async def test_the_one_who_drafted_it_cannot_publish_it(vault: Vault) -> None:
    id = await drafted(vault)
    await schemes.propose(vault.leader, version_id=id, now=NOW)
    row = await scheme_queries.version(vault.leader, id)
    with pytest.raises(NotYours, match="second person"):
        await schemes.publish(vault.leader, version_id=id, valid_from=TODAY, seen=row.version, now=NOW)
    with pytest.raises(NotYours):
        await schemes.publish(
            replace(second(vault), user_id=None), version_id=id, valid_from=TODAY, seen=row.version, now=NOW
        )
    assert (await scheme_queries.version(vault.leader, id)).state == "proposed"


async def test_who_amends_a_draft_has_drafted_it(vault: Vault) -> None:
    id = await drafted(vault)
    other = second(vault)
    await schemes.amend(other, version_id=id, said=said(minimum_days=30), note=None, seen=1, now=NOW)
    await schemes.propose(vault.leader, version_id=id, now=NOW)
    row = await scheme_queries.version(vault.leader, id)
    assert row.terms.minimum_days == 30
    with pytest.raises(NotYours):
        await schemes.publish(other, version_id=id, valid_from=TODAY, seen=row.version, now=NOW)
    await schemes.publish(vault.leader, version_id=id, valid_from=TODAY, seen=row.version, now=NOW)


async def test_a_split_that_is_not_a_hundred_percent_is_refused_where_it_was_typed(vault: Vault) -> None:
    with pytest.raises(Invalid) as refused:
        await drafted(vault, grower_percent=70)
    assert [each.field for each in refused.value.errors] == ["operator_percent"]
    assert await db.scalar("SELECT COUNT(*) FROM bank_scheme") == 0


async def test_a_draft_is_kept_once_however_often_it_is_sent(vault: Vault) -> None:
    id = new_id()
    sent: dict[str, Any] = {"id": id, "scheme": NORTH, "note": None, "now": NOW}
    first = await schemes.draft(vault.leader, said=said(), **sent)
    assert await schemes.draft(vault.leader, said=said(), **sent) == first
    with pytest.raises(Conflict):
        await schemes.draft(vault.leader, said=said(minimum_days=9), **sent)
    with pytest.raises(Refused, match="code"):
        await schemes.draft(vault.leader, said=said(), **{**sent, "id": new_id()})


@pytest.mark.parametrize("code", ["North", "1st", "n", "north slope", "n" * 31])
async def test_a_code_that_programs_cannot_name_is_refused(vault: Vault, code: str) -> None:
    with pytest.raises(Refused) as refused:
        await schemes.draft(
            vault.leader, id=new_id(), scheme=replace(NORTH, code=code), said=said(), note=None, now=NOW
        )
    assert refused.value.field == "code"


async def test_old_receipts_keep_their_version_when_another_follows_it(vault: Vault) -> None:
    first = await drafted(vault)
    await published(vault, first)
    old = await vault.deposit(scheme_version_id=first)
    scheme_id = (await scheme_queries.version(vault.leader, first)).scheme_id
    following: dict[str, Any] = {"scheme_id": scheme_id, "note": None, "now": NOW}
    id = new_id()
    next_one = await schemes.revise(
        vault.leader, id=id, said=said(fee_fen_per_tonne_month=20_000), **following
    )
    again = await schemes.revise(vault.leader, id=id, said=said(fee_fen_per_tonne_month=20_000), **following)
    assert again == next_one
    with pytest.raises(Conflict, match="worked on"):
        await schemes.revise(vault.leader, id=new_id(), said=said(), **following)
    await published(vault, next_one, valid_from=TODAY + timedelta(days=1))
    with pytest.raises(Refused):
        await vault.deposit(scheme_version_id=next_one)
    new = await vault.deposit(scheme_version_id=next_one, now=NOW + DAY)
    assert ((await vault.receipt(old.id)).scheme_version_id, new.scheme_version_id) == (first, next_one)
    numbers = [row.number for row in await scheme_queries.versions(vault.leader, scheme_id)]
    assert numbers == [2, 1]


async def test_what_is_published_never_changes(vault: Vault) -> None:
    id = await drafted(vault)
    await published(vault, id)
    row = await scheme_queries.version(vault.leader, id)
    with pytest.raises(Conflict):
        await schemes.amend(vault.leader, version_id=id, said=said(), note=None, seen=row.version, now=NOW)
    with pytest.raises(Conflict):
        await schemes.drop(vault.leader, version_id=id, reason="No longer wanted", now=NOW)
    with pytest.raises(Conflict):
        await schemes.take_back(vault.leader, version_id=id, now=NOW)
    await schemes.publish(second(vault), version_id=id, valid_from=TODAY, seen=1, now=NOW)
    assert (await scheme_queries.version(vault.leader, id)) == row


async def test_it_is_published_as_it_was_read_and_never_for_a_day_that_is_over(vault: Vault) -> None:
    id = await drafted(vault)
    await schemes.propose(vault.leader, version_id=id, now=NOW)
    seen = (await scheme_queries.version(vault.leader, id)).version
    await schemes.take_back(second(vault), version_id=id, now=NOW)
    drafted_again = await scheme_queries.version(vault.leader, id)
    await schemes.amend(
        vault.leader,
        version_id=id,
        said=said(minimum_days=90),
        note=None,
        seen=drafted_again.version,
        now=NOW,
    )
    await schemes.propose(vault.leader, version_id=id, now=NOW)
    with pytest.raises(Conflict):
        await schemes.publish(second(vault), version_id=id, valid_from=TODAY, seen=seen, now=NOW)
    seen = (await scheme_queries.version(vault.leader, id)).version
    with pytest.raises(Refused) as refused:
        await schemes.publish(
            second(vault), version_id=id, valid_from=TODAY - timedelta(days=1), seen=seen, now=NOW
        )
    assert refused.value.field == "valid_from"


async def test_two_who_change_a_draft_at_once_are_told(vault: Vault) -> None:
    id = await drafted(vault)
    await schemes.amend(vault.leader, version_id=id, said=said(minimum_days=5), note=None, seen=1, now=NOW)
    with pytest.raises(Conflict):
        await schemes.amend(
            second(vault), version_id=id, said=said(minimum_days=6), note=None, seen=1, now=NOW
        )


async def test_a_draft_that_is_given_up_makes_room_for_another(vault: Vault) -> None:
    first = await drafted(vault)
    await published(vault, first)
    scheme_id = (await scheme_queries.version(vault.leader, first)).scheme_id
    sent: dict[str, Any] = {"scheme_id": scheme_id, "said": said(), "note": None, "now": NOW}
    given_up = await schemes.revise(vault.leader, id=new_id(), **sent)
    await schemes.drop(vault.leader, version_id=given_up, reason="The fee was wrong", now=NOW)
    await schemes.drop(vault.leader, version_id=given_up, reason="The fee was wrong", now=NOW)
    after = await schemes.revise(vault.leader, id=new_id(), **sent)
    assert (await scheme_queries.version(vault.leader, after)).number == 3


async def test_others_see_no_draft_and_change_no_terms(vault: Vault) -> None:
    id = await drafted(vault)
    for actor in (vault.leader_b, vault.grower, vault.lender):
        with pytest.raises(Missing):
            await scheme_queries.version(actor, id)
    assert await scheme_queries.all_under_way(vault.leader_b) == []
    with pytest.raises(NotYours):
        await schemes.propose(vault.committee, version_id=id, now=NOW)
    with pytest.raises(NotYours):
        await schemes.draft(vault.clerk, id=new_id(), scheme=NORTH, said=said(), note=None, now=NOW)
    await published(vault, id)
    with pytest.raises(Missing):
        await scheme_queries.version(vault.leader_b, id)
    with pytest.raises(Missing):
        await scheme_queries.version(vault.grower, id)


async def test_growers_and_lenders_see_the_terms_of_their_receipts(vault: Vault) -> None:
    id = await drafted(vault)
    await published(vault, id)
    await vault.deposit(scheme_version_id=id)
    assert (await scheme_queries.version(vault.grower, id)).terms == terms.default()
    names = [row.scheme_code for row in (await scheme_queries.schemes(vault.grower, on=TODAY)).rows]
    assert "north" in names


async def test_the_districts_terms_are_drafted_by_the_administrator_and_published_by_the_committee(
    vault: Vault,
) -> None:
    await schemes.ship(now=NOW)
    admin = replace(vault.store.register.actor(Role.ADMIN), user_id=17)
    (standing,) = (await scheme_queries.schemes(admin, on=TODAY)).rows
    sent: dict[str, Any] = {"scheme_id": standing.scheme_id, "note": None, "now": NOW}
    with pytest.raises(NotYours):
        await schemes.revise(vault.leader, id=new_id(), said=said(minimum_days=30), **sent)
    id = await schemes.revise(admin, id=new_id(), said=said(minimum_days=30), **sent)
    await schemes.propose(admin, version_id=id, now=NOW)
    seen = (await scheme_queries.version(admin, id)).version
    await schemes.publish(vault.committee, version_id=id, valid_from=TODAY, seen=seen, now=NOW)
    (standing,) = await scheme_queries.standing(vault.clerk, operator_id=vault.store.keeper_id, on=TODAY)
    assert (standing.id, standing.terms.minimum_days) == (id, 30)


async def test_the_list_goes_on_where_a_page_ended(vault: Vault) -> None:
    await schemes.ship(now=NOW)
    await published(vault, await drafted(vault))
    first = await scheme_queries.schemes(vault.leader, on=TODAY, limit=1)
    rest = await scheme_queries.schemes(vault.leader, on=TODAY, limit=1, cursor=first.next)
    assert [row.scheme_code for row in (*first.rows, *rest.rows)] == ["jiangjin", "north"]
    assert rest.next is None


async def test_the_database_keeps_one_draft_of_a_scheme(vault: Vault) -> None:
    id = await drafted(vault)
    scheme_id = (await scheme_queries.version(vault.leader, id)).scheme_id

    @db.unit_of_work
    async def another() -> None:
        await db.insert(
            "bank_scheme_version", request_id=new_id(), scheme_id=scheme_id, number=2, terms=json.dumps(SHIPPED), state="draft",
            drafted_at=NOW, drafted_by_name="Somebody",
        )  # fmt: skip

    with pytest.raises(db.Violation):
        await another()


async def test_a_fixed_floor_is_the_floor_of_every_deposit(vault: Vault) -> None:
    id = await drafted(vault, floor="fixed", floor_fen_per_kg=4_600)
    await published(vault, id)
    assert (await vault.deposit(scheme_version_id=id)).floor_fen_per_kg == Fen(4_600)
