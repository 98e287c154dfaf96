"""The base of every Spec: one frozen pydantic model that fully describes a calculation.

The command-line options, the schema shown to a language model, the job file, the hash that names a
run and the slots a sentence can fill are all derived from the fields of a Spec.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True)
class Slot:
    """How people refer to one Spec field; goes into the field's ``Annotated`` metadata.

    Attributes:
        symbols: Mathematical symbols, matched with their case ("J", "h", "N").
        en: English words or phrases naming the field, lower case.
        ja: Japanese words naming the field.
        unit: Unit of the value, "" where it is a pure number.
        values: For enumerated fields, the words of both languages that mean each value.
        en_label: The name to show in an English sentence (first of ``en`` when empty).
        ja_label: The name to show in a Japanese sentence (first of ``ja`` when empty).
    """

    symbols: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    ja: tuple[str, ...] = ()
    unit: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    en_label: str = ""
    ja_label: str = ""


class Spec(BaseModel):
    """Base class of all Specs: immutable, closed, free of NaN and infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

    def canonical_json(self) -> str:
        """The one JSON text of this Spec: all fields, sorted keys, no white space."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    def digest(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of the class name and the canonical JSON."""
        text = f"{type(self).__name__}:{self.canonical_json()}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def slot_of(spec_type: type[Spec], field_name: str) -> Slot | None:
    """The ``Slot`` in the metadata of a field, or None where the field cannot be said in words."""
    for item in spec_type.model_fields[field_name].metadata:
        if isinstance(item, Slot):
            return item
    return None
