"""The OpenAPI document, made from the endpoints themselves."""

from collections.abc import Callable, Iterable
from typing import Any

from pepperchain.api.endpoints import BASE, Endpoint
from pepperchain.api.problems import MEDIA_TYPE
from pepperchain.api.reading import names_of
from pepperchain.api.shapes import PROBLEM
from pepperchain.harvest import rules as trade
from pepperchain.web.forms import Form

VERSION = "3.1.0"
_REASONS = {
    400: "The request could not be read",
    401: "A bearer token is needed",
    403: "The token's role or scopes do not include this",
    404: "There is no such thing, or it is not the token's to see",
    409: "The id was sent before with other contents, or things have changed meanwhile",
    413: "The body is too large",
    415: "The body must be application/json",
    422: "Something in the request does not fit; `errors` says which field",
}


def document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """What every endpoint reads and answers, for people and for generators of clients."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    for endpoint in endpoints:
        paths.setdefault(_template(endpoint.path), {})[endpoint.method.lower()] = _operation(
            endpoint, schemas
        )
    return {
        "openapi": VERSION,
        "info": {
            "title": "pepperchain",
            "version": "1",
            "description": "Quantities are integers with their unit in the name; ids of events are UUIDs made by the sender."
            " Messages are Chinese; `?lang=en` on any request makes them English.",
        },
        "servers": [{"url": BASE}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _template(path: str) -> str:
    """`/weigh-ins/{id:uuid}/reversal` as OpenAPI writes it."""
    return "/".join(
        part.partition(":")[0] + "}" if part.startswith("{") and ":" in part else part
        for part in path.split("/")
    )


def _operation(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.handler.__name__,
        "summary": endpoint.summary,
        "description": f"Needs `{endpoint.may.value}`: {endpoint.may.sentence}.",
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": schema}
            for name, schema in endpoint.path_params.items()
        ],
        "responses": _answers(endpoint),
    }
    if endpoint.query is not None:
        operation["parameters"] += _parameters(endpoint.query, schemas)
    if endpoint.body is not None:
        schemas[endpoint.body.__name__] = _called(endpoint.body, _schema(endpoint.body, schemas))
        reference = {"$ref": f"#/components/schemas/{endpoint.body.__name__}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    return operation


def _answers(endpoint: Endpoint) -> dict[str, Any]:
    content = {"application/json": {"schema": endpoint.answers}}
    found = {
        "200": {
            "description": "Found" if endpoint.method == "GET" else "Sent before: the same answer",
            "content": content,
        }
    }
    statuses = [401, 403, 404, 422]
    if endpoint.body is not None:
        found["201"] = {"description": "Done", "content": content}
        statuses += [400, 409, 413, 415]
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return found | {
        str(status): {"description": _REASONS[status], "content": problem} for status in sorted(statuses)
    }


def _called(form: type[Form], schema: dict[str, Any]) -> dict[str, Any]:
    """A body's schema with its fields called as they are sent."""
    called = names_of(form)
    renamed = {called[name]: described for name, described in schema["properties"].items()}
    required = [called[name] for name in schema.get("required", [])]
    return schema | {"properties": renamed} | ({"required": required} if required else {})


_CODES: dict[str, Callable[[], Iterable[str]]] = {
    "form": trade.forms,
    "grade": trade.grades,
    "cultivar": trade.cultivars,
}


def _schema(form: type[Form], schemas: dict[str, Any]) -> dict[str, Any]:
    """The form's schema; what it refers to, such as an enum, is put among `schemas`."""
    schema: dict[str, Any] = _standard(
        form.model_json_schema(ref_template="#/components/schemas/{model}", mode="validation")
    )
    for name, codes in _CODES.items():
        described = schema["properties"].get(name)
        if described is not None:
            for each in described.get("anyOf", [described]):
                if each.get("type") == "string":
                    each["enum"] = list(codes())
    schemas |= schema.pop("$defs", {})
    return schema


# pydantic writes the bounds of a number so when a validator of ours stands before it.
_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}


def _standard(schema: Any) -> Any:
    """A schema in JSON Schema's own words."""
    if isinstance(schema, dict):
        return {_BOUNDS.get(name, name): _standard(value) for name, value in schema.items()}
    return [_standard(each) for each in schema] if isinstance(schema, list) else schema


def _sent(described: dict[str, Any]) -> dict[str, Any]:
    """What a query can hold: a parameter is left out rather than null."""
    kinds = [each for each in described.get("anyOf", []) if each != {"type": "null"}]
    rest = {name: value for name, value in described.items() if name != "anyOf" and value is not None}
    return rest | kinds[0] if len(kinds) == 1 else rest | ({"anyOf": kinds} if kinds else {})


def _parameters(form: type[Form], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    schema = _schema(form, schemas)
    required = schema.get("required", [])
    called = names_of(form)
    return [
        {"name": called[name], "in": "query", "required": name in required, "schema": _sent(described)}
        for name, described in schema["properties"].items()
    ]
