"""JSON schemas for models: self-contained, bounded, with only what every server and grammar understands."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from agent.llm.base import Schema, ToolSchema
from physics_engines.spec import Spec, slot_of
from tools.base import Tool

# What is kept of a schema; titles and pydantic's own remarks only cost tokens.
_KEPT = (
    "type", "enum", "const", "description", "default", "properties", "required", "additionalProperties", "items",
    "prefixItems", "anyOf", "allOf", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
)  # fmt: skip
_LONGEST_TEXT = 400
_MOST_ITEMS = 32
_LARGEST = 1e12


def spec_schema(spec_type: type[Spec]) -> dict[str, object]:
    """Schema of the arguments of a Spec, with the unit in each description and no references."""
    raw = spec_type.model_json_schema()
    schema = _plain(raw, raw.get("$defs", {}), ())
    schema.pop("description", None)
    for name, field in cast(dict[str, dict[str, object]], schema.get("properties", {})).items():
        slot = slot_of(spec_type, name)
        if slot is not None and slot.unit:
            field["description"] = f"{field.get('description', name)} Unit: {slot.unit}."
    schema.setdefault("additionalProperties", False)
    return schema


def tool_schema(tool: Tool[Any]) -> ToolSchema:
    """A tool as a model server sees it."""
    return ToolSchema(tool.function_name, f"{tool.title.en}. {tool.summary}", spec_schema(tool.spec_type))


def plan_schema(tools: Sequence[Tool[Any]], max_steps: int) -> dict[str, object]:
    """Schema of a whole plan: each step one of the tools with its own arguments."""
    steps = [
        {
            "type": "object",
            "properties": {
                "tool": {"const": tool.function_name},
                "arguments": spec_schema(tool.spec_type),
                "reason": {"type": "string", "maxLength": 120},
            },
            "required": ["tool", "arguments", "reason"],
            "additionalProperties": False,
        }
        for tool in tools
    ]
    plan: dict[str, object] = {
        "type": "object",
        "properties": {
            "steps": {"type": "array", "minItems": 1, "maxItems": max_steps, "items": {"anyOf": steps}},
        },
        "required": ["steps"],
        "additionalProperties": False,
    }
    return plan


def bounded(schema: Schema) -> dict[str, object]:
    """The same schema with a bound on every length and magnitude it leaves open.

    Constrained decoding needs it: an untrained model would write one endless string or number.
    """
    result = {name: _bounded_value(name, value) for name, value in schema.items()}
    kind = schema.get("type")
    if kind == "string" and "enum" not in schema and "pattern" not in schema:
        result.setdefault("maxLength", _LONGEST_TEXT)
    if kind == "array" and "prefixItems" not in schema:
        result.setdefault("maxItems", max(_MOST_ITEMS, cast(int, schema.get("minItems", 0))))
    if kind in ("integer", "number"):
        limit = int(_LARGEST) if kind == "integer" else _LARGEST
        if "maximum" not in schema and "exclusiveMaximum" not in schema:
            result["maximum"] = limit
        if "minimum" not in schema and "exclusiveMinimum" not in schema:
            result["minimum"] = -limit
    return result


def describe_arguments(spec_type: type[Spec]) -> str:
    """The arguments of a Spec in a few short lines, for prompts of models without native tools."""
    schema = spec_schema(spec_type)
    required = cast(list[str], schema.get("required", []))
    lines = []
    for name, field in cast(dict[str, dict[str, object]], schema.get("properties", {})).items():
        need = "required" if name in required else f"default {field.get('default')!r}"
        lines.append(f"  - {name} ({_kind(field)}; {need}): {field.get('description', '')}".rstrip(": "))
    return "\n".join(lines)


def _kind(field: Mapping[str, object]) -> str:
    if "const" in field:
        return repr(field["const"])
    if "enum" in field:
        return " | ".join(repr(value) for value in cast(list[object], field["enum"]))
    if "anyOf" in field:
        return " or ".join(_kind(part) for part in cast(list[Mapping[str, object]], field["anyOf"]))
    kind = str(field.get("type", "any"))
    if kind == "array" and isinstance(field.get("items"), Mapping):
        kind = f"list of {_kind(cast(Mapping[str, object], field['items']))}"
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    return kind if low is None and high is None else f"{kind} {low if low is not None else ''}..{high or ''}"


def _plain(schema: Mapping[str, object], definitions: Mapping[str, object], inside: tuple[str, ...]) -> dict[str, Any]:
    """The schema with references put in their place and unknown keywords left out."""
    schema = dict(schema)
    reference = schema.pop("$ref", None)
    if isinstance(reference, str):
        name = reference.rpartition("/")[2]
        if name in inside:
            raise TypeError(f"the arguments contain themselves ({name}); a Spec must be finite")
        target = cast(Mapping[str, object], definitions[name])
        return {**_plain(target, definitions, (*inside, name)), **_plain(schema, definitions, inside)}
    if "oneOf" in schema:
        schema["anyOf"] = schema.pop("oneOf")
    result: dict[str, Any] = {}
    for keyword in _KEPT:
        if keyword not in schema:
            continue
        value = schema[keyword]
        if keyword == "properties" and isinstance(value, Mapping):
            value = {name: _plain(field, definitions, inside) for name, field in value.items()}
        elif keyword in ("anyOf", "allOf", "prefixItems") and isinstance(value, Sequence):
            value = [_plain(part, definitions, inside) for part in value]
        elif keyword in ("items", "additionalProperties") and isinstance(value, Mapping):
            value = _plain(value, definitions, inside)
        result[keyword] = value
    return result


def _bounded_value(keyword: str, value: object) -> object:
    if keyword == "properties" and isinstance(value, Mapping):
        return {name: bounded(field) for name, field in value.items()}
    if keyword in ("anyOf", "allOf", "prefixItems") and isinstance(value, Sequence):
        return [bounded(part) for part in value]
    if keyword in ("items", "additionalProperties") and isinstance(value, Mapping):
        return bounded(value)
    return value
