"""What OpenAPI says of the register's routes, made from the description of each table."""

from typing import Any

from kb.content.vocabulary import Vocabularies
from kb.usecases.register_description import Field, Table
from kb.usecases.register_kinds import wording_of

_WORDING = wording_of("en", "UTC", Vocabularies(lists={}, digest=""))
_PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("where", "what", "repair")},
            },
        },
        "yours": {"type": "object", "description": "the refused values by field"},
        "theirs": {"type": "object", "description": "the values that stand now, by field"},
    },
    "required": ["title", "status", "detail"],
}


def problems_documented(**told: str) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of problems; each is named `s` and its status."""
    return {
        status.removeprefix("s"): {
            "description": description,
            "content": {"application/problem+json": {"schema": _PROBLEM}},
        }
        for status, description in told.items()
    }


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _field_schema(one: Field) -> dict[str, Any]:
    schema: dict[str, Any] = dict(one.kind.schema(_WORDING))
    if not one.required and one.default is None and schema.get("type") != ["object", "null"]:
        schema = _nullable(schema)
    about = " – ".join(part for part in (one.title[1], one.help[1], one.kind.form()[1]) if part)
    return {**schema, "description": about}


def body_schema(table: Table, *, partial: bool) -> dict[str, Any]:
    """Return the schema of a table's values as they are sent."""
    schema: dict[str, Any] = {
        "type": "object",
        "title": f"{table.single[1]} values",
        "additionalProperties": False,
        "properties": {one.name: _field_schema(one) for one in table.fields},
    }
    if not partial:
        schema["required"] = [one.name for one in table.fields if one.required]
    return schema


def thing_schema(table: Table) -> dict[str, Any]:
    """Return the schema of a thing as it is answered."""
    answered = {"type": "object", "title": table.single[1]}
    properties = {
        "id": {"type": "string"},
        "revision": {
            "type": "integer",
            "minimum": 1,
            "description": "counts the changes; the ETag is made of it",
        },
        # A choice is answered as it stands, even where the code lists have lost it since.
        **{one.name: _answered(one) for one in table.fields},
    }
    return {**answered, "properties": properties, "required": list(properties)}


def _answered(one: Field) -> dict[str, Any]:
    schema = _field_schema(one)
    return {name: value for name, value in schema.items() if name != "enum"}


def _answer(schema: dict[str, Any], *, description: str = "Done", tagged: bool = False) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": description, "content": {"application/json": {"schema": schema}}}
    if tagged:
        answer["headers"] = {
            "ETag": {"schema": {"type": "string"}, "description": "for If-Match of a change"}
        }
    return answer


def _sent(table: Table, *, partial: bool) -> dict[str, Any]:
    schema = body_schema(table, partial=partial)
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def list_documented(table: Table) -> dict[str, Any]:
    """Return what OpenAPI says of a table's list."""
    sorts = [one.name for one in table.fields if one.sortable]
    filters = [
        {
            "name": one.name,
            "in": "query",
            "required": False,
            "schema": {"type": "string", "maxLength": 200},
            "description": f"only where {one.title[1].lower()} is this",
        }
        for one in table.fields
        if one.filtered
    ]
    page = {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": thing_schema(table)},
            "page": {"type": "integer"},
            "size": {"type": "integer"},
            "total": {"type": "integer"},
        },
        "required": ["items", "page", "size", "total"],
    }
    return {
        "description": f"`q` looks into codes and names. `sort` is one of {', '.join(sorts)}, with - in front for the largest first.",
        "parameters": filters,
        "responses": {"200": _answer(page), **problems_documented(s400="The list cannot be understood")},
    }


def new_documented(table: Table) -> dict[str, Any]:
    """Return what OpenAPI says of adding a thing."""
    created = _answer(thing_schema(table), tagged=True)
    return {
        "requestBody": _sent(table, partial=False),
        "responses": {
            "201": created,
            **problems_documented(s403="The role planner is needed", s422="Every fault, by field"),
        },
    }


def read_documented(table: Table) -> dict[str, Any]:
    """Return what OpenAPI says of reading a thing."""
    return {
        "responses": {
            "200": _answer(thing_schema(table), tagged=True),
            "304": {"description": "The thing is still as If-None-Match says"},
            **problems_documented(s404="There is none"),
        }
    }


def change_documented(table: Table, *, partial: bool) -> dict[str, Any]:
    """Return what OpenAPI says of changing a thing."""
    match = {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "the ETag that the change was made from; without it the answer is 428",
    }
    return {
        "parameters": [match],
        "requestBody": _sent(table, partial=partial),
        "responses": {
            "200": _answer(thing_schema(table), tagged=True),
            **problems_documented(
                s403="The role planner is needed",
                s404="There is none",
                s412="It was changed meanwhile; both versions are told",
                s422="Every fault, by field",
                s428="If-Match is missing",
            ),
        },
    }


def history_documented() -> dict[str, Any]:
    """Return what OpenAPI says of a thing's history."""
    value = {"description": "a JSON value"}
    entry = {
        "type": "object",
        "properties": {
            "at": {"type": "string", "format": "date-time"},
            "who": {"type": "string"},
            "action": {"type": "string", "enum": ["create", "update"]},
            "fields": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"field": {"type": "string"}, "before": value, "after": value},
                },
            },
        },
    }
    page = {
        "type": "object",
        "properties": {"items": {"type": "array", "items": entry}},
        "required": ["items"],
    }
    return {"responses": {"200": _answer(page), **problems_documented(s404="There is none")}}
