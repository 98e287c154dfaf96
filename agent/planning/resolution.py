"""What one tool gets from a question."""

from dataclasses import dataclass, field

from agent.planning.reading import MissingSlot, Refusal, SlotReading
from agent.planning.sentences import say
from agent.planning.slots import FieldSlot
from physics_engines.text import Language
from tools.errors import ExitStatus


@dataclass
class Resolution:
    """What one tool gets from a question; filled step by step."""

    tool: str
    language: Language
    slots: dict[str, FieldSlot]
    read: dict[str, SlotReading] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: list[MissingSlot] = field(default_factory=list)
    refusal: Refusal | None = None

    def refuse(self, key: str, status: ExitStatus = ExitStatus.REFUSED, **words: str) -> None:
        """Set the refusal, if none was set before."""
        if self.refusal is None:
            self.refusal = Refusal(code=key, sentence=say(key, self.language, **words), exit_status=status)

    def note(self, key: str, **words: str) -> None:
        """Add to what could be read in another way."""
        sentence = say(key, self.language, **words)
        if sentence not in self.notes:
            self.notes.append(sentence)

    def value(self, name: str) -> object:
        """The single value of a field: read, or its default where that is a safe one; None otherwise."""
        if name in self.read:
            values = self.read[name].values
            return values[0] if len(values) == 1 else None
        slot = self.slots.get(name)
        return None if slot is None or slot.required else slot.default

    def label(self, slot: FieldSlot, language: Language | None = None) -> str:
        """The name of a slot beside what was read for the others."""
        return slot.label(language or self.language, {name: self.value(name) for name in slot.slot.called})

    def assume(self, name: str, value: object, said: str) -> None:
        """Fill a field with what was not said itself but follows."""
        self.read[name] = SlotReading(field=name, values=(value,), said=said, source="assumed")
