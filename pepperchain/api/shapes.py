"""JSON Schema of what endpoints answer, in few words each."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
WHOLE: Schema = {"type": "integer"}
WHOLE_OR_NULL: Schema = {"type": ["integer", "null"]}
FLAG: Schema = {"type": "boolean"}
ID: Schema = {"type": "string", "format": "uuid"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MOMENT_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}


def record(**fields: Schema) -> Schema:
    """An object that always has all of these fields."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def many(item: Schema) -> Schema:
    """A page of a list."""
    return record(items={"type": "array", "items": item}, next_cursor=TEXT_OR_NULL)


PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": WHOLE,
        "detail": TEXT,
        "errors": {"type": "array", "items": record(field=TEXT, message=TEXT)},
        "reference": TEXT,
        "free_grams": WHOLE,
    },
    "required": ["type", "title", "status", "detail", "errors"],
}
