"""Organizations, and whom one may call."""

import pytest

from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import organizations, relations
from pepperchain.directory.organization_queries import (
    cooperatives,
    count_organizations,
    get_organization,
    list_organizations,
)
from pepperchain.directory.organizations import Description
from tests.directory.registry import ADMIN, COMMITTEE, DEPARTMENT, NOW, TODAY, Registry, grower, household

CODE = "91500199PC0000003Y"
FIRM = Description("processor", "重庆拾椒语香料有限公司", "拾椒语香料", credit_code="91500199pc0000003y")


async def test_an_organization_is_entered_once_with_a_code_that_is_checked(registry: Registry) -> None:
    request = new_id()
    one, two = [await organizations.enter(ADMIN, id=request, organization=FIRM, now=NOW) for _ in range(2)]
    assert (one.id, two.repeated) == (two.id, True)
    assert (await get_organization(ADMIN, one.id)).credit_code == CODE
    with pytest.raises(Refused) as refused:
        await organizations.enter(ADMIN, id=new_id(), organization=FIRM, now=NOW)
    assert refused.value.field == "credit_code"


async def test_only_administrators_enter_organizations(registry: Registry) -> None:
    for actor in (registry.leader_a, registry.buyer, registry.technician, COMMITTEE, DEPARTMENT):
        with pytest.raises(NotYours):
            await organizations.enter(actor, id=new_id(), organization=FIRM, now=NOW)


@pytest.mark.parametrize("text", ["青麻", "麻叙", "qingmaxu", "qmxsp", "重庆青", "有限公司", " 青 麻 "])
async def test_organizations_are_found_from_any_character_on(registry: Registry, text: str) -> None:
    assert [row.id for row in await list_organizations(ADMIN, text=text, limit=9)] == [registry.processor]
    assert await count_organizations(ADMIN, text=text) == 1


async def test_organizations_are_listed_by_kind_and_township_and_paged(registry: Registry) -> None:
    assert await cooperatives(ADMIN) == [
        (registry.cooperative_a, "青岚坪合作社"),
        (registry.cooperative_b, "云沙垭合作社"),
    ]
    assert [row.id for row in await list_organizations(ADMIN, township_id=registry.lishi, limit=9)] == [
        registry.cooperative_b
    ]
    after = await list_organizations(ADMIN, after=registry.cooperative_a, limit=1)
    assert [row.id for row in after] == [registry.cooperative_b]


async def test_whom_to_call_is_told_to_those_who_work_together(registry: Registry) -> None:
    async def phone(actor: object) -> str | None:
        return (await get_organization(actor, registry.cooperative_a)).contact_phone  # type: ignore[arg-type]

    for actor in (ADMIN, COMMITTEE, DEPARTMENT, registry.technician, registry.leader_a):
        assert await phone(actor) == "19900010901"
    for actor in (registry.leader_b, registry.buyer, registry.storekeeper):
        assert await phone(actor) is None
    await relations.relate(
        ADMIN,
        id=new_id(),
        from_id=registry.cooperative_a,
        to_id=registry.processor,
        kind="supplies",
        started_on=TODAY,
        now=NOW,
    )
    assert await phone(registry.buyer) == "19900010901"


async def test_a_grower_sees_the_own_cooperative_only_and_whom_to_call_there(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    assert (await get_organization(grower(entered.id), registry.cooperative_a)).contact_phone == "19900010901"
    with pytest.raises(Missing):
        await get_organization(grower(entered.id), registry.cooperative_b)


async def test_changes_need_the_latest_version_and_are_found_at_once(registry: Registry) -> None:
    renamed = Description("processor", "重庆青麻叙食品有限公司", "青麻香")
    await organizations.change(ADMIN, id=registry.processor, version=1, organization=renamed, now=NOW)
    assert len(await list_organizations(ADMIN, text="qmx", limit=9)) == 1
    with pytest.raises(Conflict):
        await organizations.change(ADMIN, id=registry.processor, version=1, organization=renamed, now=NOW)


async def test_a_cooperative_with_members_stays_one_and_stays(registry: Registry) -> None:
    await household(registry.leader_a, registry.baoping, "罗大山")
    other = Description("bank", "青岚坪银行", "青岚坪银行")
    with pytest.raises(Refused):
        await organizations.change(ADMIN, id=registry.cooperative_a, version=1, organization=other, now=NOW)
    with pytest.raises(Refused):
        await organizations.end(ADMIN, id=registry.cooperative_a, version=1, on=TODAY, now=NOW)
    await organizations.end(ADMIN, id=registry.cooperative_b, version=1, on=TODAY, now=NOW)
    assert await count_organizations(ADMIN, kind="cooperative") == 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "club"}, "kind"),
        ({"name": " "}, "name"),
        ({"short_name": "很" * 21}, "short_name"),
        ({"credit_code": "91500199PC0000004Y"}, "credit_code"),
        ({"township_id": 1}, "township_id"),
    ],
)
async def test_bad_input_is_refused_beside_its_field(
    registry: Registry, facts: dict[str, object], field: str
) -> None:
    good: dict[str, object] = {"kind": "bank", "name": "某银行", "short_name": "某银行"}
    if "township_id" in facts:
        facts = {"township_id": registry.baoping}
    with pytest.raises(Refused) as refused:
        await organizations.enter(ADMIN, id=new_id(), organization=Description(**good | facts), now=NOW)  # type: ignore[arg-type]
    assert refused.value.field == field
