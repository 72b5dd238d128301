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


# What JSON Schema 2020-12 and OpenAPI 3.1 know of what we use; a generator of clients stumbles over anything else.
KEYWORDS = {
    "$ref", "additionalProperties", "anyOf", "default", "description", "enum", "examples", "exclusiveMaximum", "exclusiveMinimum",
    "format", "items", "maxItems", "minItems", "maxLength", "maximum", "minLength", "minimum", "properties", "required", "title", "type",
}  # fmt: skip


def schemas_of(node: Any) -> list[dict[str, Any]]:
    """Every schema that stands somewhere in the document."""
    if isinstance(node, list):
        return [found for each in node for found in schemas_of(each)]
    if not isinstance(node, dict):
        return []
    own = [node["schema"]] if "schema" in node else []
    named = list(node.get("schemas", {}).values())
    return own + named + [found for each in node.values() for found in schemas_of(each)]


def parts_of(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema with all that it is made of."""
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    inner += [schema["items"]] if "items" in schema else []
    return [schema, *(part for each in inner for part in parts_of(each))]


async def test_schemas_speak_json_schema_and_refer_to_what_is_there(machine: Machine) -> None:
    document = await described(machine)
    parts = [part for schema in schemas_of(document) for part in parts_of(schema)]
    assert len(parts) > 100
    assert {keyword for part in parts for keyword in part} <= KEYWORDS
    there = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert {part["$ref"] for part in parts if "$ref" in part} <= there


async def test_bounds_and_choices_of_a_query_are_told(machine: Machine) -> None:
    document = await described(machine)
    told = {each["name"]: each["schema"] for each in document["paths"]["/stock"]["get"]["parameters"]}
    assert told["limit"] | {"title": ""} == {
        "type": "integer",
        "minimum": 1,
        "maximum": 200,
        "default": 50,
        "title": "",
    }
    assert told["form"]["enum"] == ["fresh", "preserved_fresh", "dry"]
    assert "newest" in document["components"]["schemas"]["Sort"]["enum"]
    assert not [name for name, schema in told.items() if {"type": "null"} in schema.get("anyOf", [])]


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
