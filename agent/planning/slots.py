"""What can be said to the tools of a registry: their Spec fields as slots, and the phrases that name them.

Nothing here knows a tool: slots, words and values come from the Spec fields' ``Slot`` metadata, and adding a tool
adds what can be said to it.
"""

import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from agent.planning.lexicon import cues, physics
from agent.planning.normalise import normalise
from agent.planning.phrases import Found, PhraseIndex, Speller, Token, key_of
from physics_engines.spec import Slot, Spec, slot_of
from physics_engines.text import Language, Text
from tools.base import Tool

SlotKind = Literal["choice", "integer", "real", "extents", "words"]


@dataclass(frozen=True, eq=False)
class FieldSlot:
    """A Spec field that can be said, shared by all tools that declare it alike.

    Attributes:
        name: Name of the field.
        slot: Its metadata.
        kind: What its values are.
        default: Its default, None where it has none.
        required: Whether a question has to say it.
        options: The values of a choice, as the Spec has them.
    """

    name: str
    slot: Slot
    kind: SlotKind
    default: object
    required: bool
    options: tuple[object, ...] = ()

    def label(self, language: Language, beside: Mapping[str, object] | None = None) -> str:
        """The name of the slot in a sentence, beside these values of other fields."""
        for other, names in self.slot.called.items():
            if beside is not None and (name := names.get(str(beside.get(other)))) is not None:
                return name.in_language(language)
        label, words = (self.slot.ja_label, self.slot.ja) if language == "ja" else (self.slot.en_label, self.slot.en)
        return label or (words[0] if words else self.name)

    def shown(self, value: object, language: Language) -> str:
        """A value of the slot in a sentence."""
        if isinstance(value, tuple | list) and self.slot.together:
            return ("、" if language == "ja" else ", ").join(self.shown(item, language) for item in value)
        if isinstance(value, tuple | list):
            return "x".join(str(item) for item in value)
        if (text := self.slot.shown.get(str(value))) is not None:
            return text.in_language(language)
        return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class SlotWord:
    """A phrase that names a slot."""

    slot: FieldSlot
    phrase: str


@dataclass(frozen=True)
class ValueWord:
    """A phrase that means a value of a slot."""

    slot: FieldSlot
    value: str


@dataclass(frozen=True)
class ToolWord:
    """A phrase that speaks for a tool."""

    tool: str


@dataclass(frozen=True)
class QuantityWord:
    """A phrase that names a quantity, or (``context``) only points to it."""

    quantity: physics.Quantity
    context: bool = False


@dataclass(frozen=True)
class SystemWord:
    """A phrase that names a lattice or model no Spec offers."""

    system: physics.System


@dataclass(frozen=True)
class FalseFriend:
    """A phrase that holds a word of the vocabulary in another meaning."""


Payload = SlotWord | ValueWord | ToolWord | QuantityWord | SystemWord | FalseFriend


@dataclass
class Vocabulary:
    """All that can be said to the tools of one registry."""

    tools: dict[str, Tool[Any]]
    slots: dict[str, tuple[FieldSlot, ...]]
    """Tool -> its slots, in the order of its Spec."""
    index: PhraseIndex[Payload]
    speller: Speller
    symbols: dict[str, list[FieldSlot]]
    folded_symbols: dict[str, list[FieldSlot]]
    computed_by: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """English name of a quantity -> the tools that compute it."""

    def files(self, text: str) -> list[Found[FieldSlot]]:
        """Names of files in a text, each with the slot that takes it."""
        found = []
        for slot in dict.fromkeys(item for slots in self.slots.values() for item in slots if item.slot.suffixes):
            endings = "|".join(re.escape(suffix) for suffix in slot.slot.suffixes)
            pattern = rf"[A-Za-z0-9_.~/\\:+-]*[A-Za-z0-9_+-](?:{endings})(?![A-Za-z0-9])"
            found += [Found(slot, match.start(), match.end()) for match in re.finditer(pattern, text)]
        return found

    def phrases_in(self, text: str, tokens: list[Token]) -> list[Found[Payload]]:
        """The known phrases of a text but for those in names of files."""
        files = self.files(text)
        return [
            item
            for item in self.index.find(text, tokens)
            if not any(file.start < item.end and item.start < file.end for file in files)
        ]

    def named(self, symbol: str) -> list[FieldSlot]:
        """The slots a symbol stands for: with its case if it can be, else without."""
        plain = canonical_symbol(symbol)
        return self.symbols.get(plain) or self.folded_symbols.get(plain.casefold(), [])


_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "Gamma": "Γ", "delta": "δ", "Delta": "Δ", "lambda": "λ"}
_GREEK |= {"sigma": "σ", "tau": "τ", "mu": "μ", "omega": "ω", "epsilon": "ε", "eta": "η", "chi": "χ"}


def canonical_symbol(symbol: str) -> str:
    """One spelling of a symbol: J_2 and J2 are the same, alpha is α."""
    plain = "".join(symbol.replace("_", "").split())
    return _GREEK.get(plain, plain)


def _kind(annotation: object, slot: Slot) -> SlotKind:
    options = [annotation]
    if get_origin(annotation) in (Union, types.UnionType):
        options = [item for item in get_args(annotation) if item is not type(None)]
    if slot.extents is not None:
        return "extents"
    if any(get_origin(item) is tuple and _plain(get_args(item)[0]) is int for item in options):
        return "integer"
    if slot.together or any(get_origin(item) is Literal for item in options) or bool in options:
        return "choice"
    if float in options:
        return "real"
    return "integer" if int in options else "words"


def _options(annotation: object) -> tuple[object, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(option for part in get_args(annotation) for option in _options(part))


def _plain(annotation: object) -> object:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _default(info: FieldInfo) -> object:
    """The default of a field; None where it depends on the others."""
    if info.default_factory is None:
        return info.default
    return None if info.default_factory_takes_validated_data else info.get_default(call_default_factory=True)


def _slots_of(spec_type: type[Spec], shared: dict[tuple[str, int], FieldSlot]) -> tuple[FieldSlot, ...]:
    found = []
    for name, info in spec_type.model_fields.items():
        slot = slot_of(spec_type, name)
        if slot is None:
            continue
        required = info.is_required() or slot.ask
        default = None if info.is_required() else _default(info)
        # A field inherited by two Specs is one slot: its metadata is the same object.
        key = name, id(slot)
        if key not in shared:
            options = _options(info.annotation)
            shared[key] = FieldSlot(name, slot, _kind(info.annotation, slot), default, required, options)
        found.append(shared[key])
    return tuple(found)


def _build(tools: dict[str, Tool[Any]]) -> Vocabulary:
    shared: dict[tuple[str, int], FieldSlot] = {}
    slots = {name: _slots_of(tool.spec_type, shared) for name, tool in tools.items()}
    index: PhraseIndex[Payload] = PhraseIndex()
    symbols: dict[str, list[FieldSlot]] = {}
    folded: dict[str, list[FieldSlot]] = {}
    spelt: list[str] = []

    def add(phrase: str, payload: Payload, *, spell: bool = True) -> None:
        plain = normalise(phrase)
        index.add(plain, payload)
        if spell:
            spelt.append(plain)

    taken = set()
    for slot in shared.values():
        for phrase in (*slot.slot.en, *slot.slot.ja):
            add(phrase, SlotWord(slot, phrase))
            taken.add(key_of(normalise(phrase)))
        for value, words in slot.slot.values.items():
            for phrase in words:
                add(phrase, ValueWord(slot, value))
                taken.add(key_of(normalise(phrase)))
        spoken = dict.fromkeys(canonical_symbol(symbol) for symbol in (*slot.slot.symbols, slot.name))
        for plain in spoken:
            symbols.setdefault(plain, []).append(slot)
        cased = {canonical_symbol(symbol) for symbol in slot.slot.cased}
        for plain in dict.fromkeys(plain.casefold() for plain in spoken if plain not in cased):
            folded.setdefault(plain, []).append(slot)
    keys: dict[str, set[str]] = {name: set() for name in tools}
    for name, tool in tools.items():
        for words in tool.words.values():
            for phrase in words:
                add(phrase, ToolWord(name))
                keys[name].add(key_of(normalise(phrase)))
    computed_by = {}
    for quantity in physics.QUANTITIES:
        names = {key_of(normalise(phrase)) for phrase in (*quantity.phrases, *quantity.context)}
        computed_by[quantity.name.en] = tuple(
            name for name, tool in tools.items() if tool.evidence == "computed" and names & keys[name]
        )
        for phrase in quantity.phrases:
            add(phrase, QuantityWord(quantity))
        for phrase in quantity.context:
            add(phrase, QuantityWord(quantity, context=True))
    for system in physics.SYSTEMS:
        for phrase in system.phrases:
            if key_of(normalise(phrase)) not in taken:
                add(phrase, SystemWord(system))
    for phrase in physics.FALSE_FRIENDS:
        add(phrase, FalseFriend())
    known = (*physics.CORRECT_WORDS, *cues.ASK_HARD, *cues.ASK, *cues.COMPUTE, *cues.COMPARE, *cues.FOLLOW_UP)
    correct = {word for phrase in known for word in phrase.split()}
    return Vocabulary(tools, slots, index, Speller(spelt, correct), symbols, folded, computed_by)


_BUILT: dict[int, tuple[Mapping[str, Tool[Any]], Vocabulary]] = {}


def vocabulary_of(registry: Mapping[str, Tool[Any]]) -> Vocabulary:
    """The vocabulary of a registry; built once for each."""
    known = _BUILT.get(id(registry))
    if known is None or known[0] is not registry:
        if len(_BUILT) >= 8:
            _BUILT.clear()
        known = _BUILT[id(registry)] = registry, _build(dict(registry))
    return known[1]


def options_of(slot: FieldSlot) -> Text:
    """The values of a choice, as they stand in a question to the user."""
    members = [
        value for value in slot.slot.values if value not in slot.slot.refines.values() or value in slot.slot.shown
    ]
    return Text(
        en="; ".join(slot.shown(value, "en") for value in members),
        ja="、".join(slot.shown(value, "ja") for value in members),
    )
