"""The OpenAPI document says what the endpoints do."""

from typing import Any

from pepperchain.access.capabilities import Capability
from tests.api.test_weigh_ins import slip
from tests.api.tokens import Machine, machine
from tests.harness import cast

__all__ = ["machine"]


async def described(machine: Machine) -> dict[str, Any]:
    answer = await (await machine()).get("/api/v1/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


async def test_it_names_every_endpoint_and_its_errors(machine: Machine) -> None:
    document = await described(machine)
    assert document["openapi"].startswith("3.1")
    assert {"/growers", "/weigh-ins", "/weigh-ins/{id}/reversal", "/stock", "/rooms"} <= set(
        document["paths"]
    )
    for path in document["paths"].values():
        for operation in path.values():
            assert {"401", "403", "422"} <= set(operation["responses"])


async def test_codes_stand_in_the_description(machine: Machine) -> None:
    document = await described(machine)
    form = document["components"]["schemas"]["NewWeighIn"]["properties"]["form"]
    assert form["enum"] == ["fresh", "preserved_fresh", "dry"]


async def test_answers_have_exactly_the_described_fields(machine: Machine) -> None:
    document = await described(machine)
    scale = await machine(cast.CLERK_A)
    made = await scale.post("/api/v1/weigh-ins", json=await slip())
    schema = document["paths"]["/weigh-ins"]["post"]["responses"]["201"]["content"]["application/json"][
        "schema"
    ]
    assert set(made.json()) == set(schema["properties"])


async def test_a_token_reaches_no_further_than_its_scopes(machine: Machine) -> None:
    reader = await machine(cast.CLERK_A, scopes=frozenset({Capability.HARVEST_READ}))
    assert (await reader.get("/api/v1/weigh-ins")).status_code == 200
    assert (await reader.post("/api/v1/weigh-ins", json=await slip())).status_code == 403
    assert (await reader.get("/api/v1/growers", params={"q": "z"})).status_code == 403


async def test_growers_are_found_masked_and_only_ones_own(machine: Machine) -> None:
    clerk, buyer = await machine(cast.CLERK_A), await machine(cast.BUYER_P)
    items = (await clerk.get("/api/v1/growers", params={"q": "l"})).json()["items"]
    assert items
    assert all(item["name"].endswith("*") and len(item["phone_tail"]) in (0, 4) for item in items)
    assert (await buyer.get("/api/v1/growers", params={"q": "l"})).status_code == 403
    assert (await clerk.get("/api/v1/growers")).status_code == 422
