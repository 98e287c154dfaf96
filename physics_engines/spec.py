"""The base of every Spec: one frozen pydantic model that fully describes a calculation.

The command-line options, the schema shown to a language model, the job file, the hash that names a
run and the slots a sentence can fill are all derived from the fields of a Spec.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from physics_engines.text import Text


@dataclass(frozen=True)
class Extents:
    """How the extents of a lattice are said; for fields that are tuples of integers.

    Attributes:
        kind: Name of the field that fixes how many extents there are ("lattice").
        dimensions: Value of that field -> number of extents.
        total: Those symbols and words of the slot that mean the product of all extents ("N", "sites"); the
            others mean one extent ("L").
        plain: Those values of that field that may be assumed where only the extents were said; any where empty.
        per_cell: Value of that field -> sites per unit cell, where the extents count cells of more than one site.
    """

    kind: str
    dimensions: Mapping[str, int]
    total: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    per_cell: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Convention:
    """Another way to write the same Hamiltonian, and what it does to the fields.

    Attributes:
        form: The operator product as written: "σ·σ", "S·S", "σσ" or "SS" (one component), "-" in front of it
            where the sum carries a minus sign.
        when: Field -> values for which this holds.
        factors: Field -> factor from the written convention to that of the Spec; empty where there is none.
        note: What was converted, or why it cannot be; empty where the form only says what holds anyway, and so
            contradicts others.
        sets: Field -> the value it takes in the convention of the Spec: the sign of an exchange.
    """

    form: str
    when: Mapping[str, tuple[str, ...]]
    note: Text
    factors: Mapping[str, float] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Slot:
    """How people refer to one Spec field; goes into the field's ``Annotated`` metadata.

    Attributes:
        symbols: Mathematical symbols, matched with their case where it matters to any slot ("J", "h", "N").
        cased: Those of them that mean something else in the other case: t is a hopping or a time, T a temperature.
        en: English words or phrases naming the field, lower case.
        ja: Japanese words naming the field.
        unit: Unit of the value, "" where it is a pure number.
        values: The words of both languages that mean a value; of extents "2", their product, or "2x2".
        en_label: The name to show in an English sentence (first of ``en`` when empty).
        ja_label: The name to show in a Japanese sentence (first of ``ja`` when empty).
        called: Another field -> its value -> the name to show there: the coupling of a Hubbard model is t.
        shown: For enumerated fields, how each value stands in a sentence.
        formulas: For enumerated fields, the formula that defines each value, where there is one.
        forms: For enumerated fields, the operator products that speak for each value (see ``Convention.form``).
        ask: The default is a default for programs only: a question that does not say it is asked back.
        unit_of: Name of the field in whose units the value is given ("coupling": h = 0.5 J means 0.5).
        only_with: Another field and those values of it for which alone this field matters ({"model": ("tfim",)}).
        words_with: Those words that name the field only with some values of another: the "particles" of a t-V model
            are all its particles, those of a Hubbard model are of two kinds.
        before: Name of the field whose value before a change this one is: "from h = 0.5 to h = 2" gives it 0.5.
        refines: Value -> the more general value whose word may be said beside its own ("J1-J2 Heisenberg").
        extents: For tuples of lattice extents, how they are said.
        conventions: Other conventions of the Hamiltonian that can be converted.
        detail: A numerical detail: its default is not named among the assumptions of a reading.
        together: Several values said make one calculation of them all, not one calculation each.
        essential: A calculation without it answers another question: a tool that lacks the field is not used then.
        of_pi: Values may be said as multiples of π, and go into the Spec as they were said.
        suffixes: For fields that name a file, the endings by which its name is known in a sentence.
    """

    symbols: tuple[str, ...] = ()
    cased: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    ja: tuple[str, ...] = ()
    unit: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    en_label: str = ""
    ja_label: str = ""
    called: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    shown: Mapping[str, Text] = field(default_factory=dict)
    formulas: Mapping[str, Text] = field(default_factory=dict)
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ask: bool = False
    unit_of: str = ""
    only_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words_with: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    before: str = ""
    refines: Mapping[str, str] = field(default_factory=dict)
    extents: Extents | None = None
    conventions: tuple[Convention, ...] = ()
    detail: bool = False
    together: bool = False
    essential: bool = False
    of_pi: bool = False
    suffixes: tuple[str, ...] = ()


class Spec(BaseModel):
    """Base class of all Specs: immutable, closed, free of NaN and infinity."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        defer_build=True,  # the validator of a Spec is made when it is first used: a question uses few of them
    )

    convention: ClassVar[Text | None] = None
    """What the numbers depend on by definition, as it stands beside every reading of a question."""

    unspoken: ClassVar[frozenset[str]] = frozenset()
    """Inherited fields that have no meaning of their own here: no sentence names them, and no default is stated."""

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
        if isinstance(item, Slot) and field_name not in spec_type.unspoken:
            return item
    return None


def invalid(code: str, reason: Text, *, bound: str = "", unsolvable: bool = False) -> PydanticCustomError:
    """The error a Spec's validator raises, with its reason in both languages in the error's context.

    Args:
        code: Short name of what is wrong.
        reason: One clause in each language, without numbers: it also stands in the refusal of a question.
        bound: The figures behind it, for whoever typed them: "36 sites; at most 24".
        unsolvable: The request is well formed, but has no solution: it is refused rather than corrected.
    """
    context = {"en": reason.en, "ja": reason.ja, "bound": f" ({bound})" if bound else "", "unsolvable": unsolvable}
    return PydanticCustomError(code, "{en}{bound}", context)
