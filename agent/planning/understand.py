"""From a question to a Reading, by rules: intent, tools, slots, what is missing, ambiguous or refused."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from agent.planning.choose import choose_tools, nearest_tools, wanted_quantities
from agent.planning.clauses import Part, bare, parts_of, quantities, read_part, without_numbered_words
from agent.planning.conventions import written_hamiltonian
from agent.planning.grammar import read_mentions
from agent.planning.impossible import computable, impossible, quantity_name, uncomputed_names
from agent.planning.language import detect_language
from agent.planning.lexicon import cues
from agent.planning.limits import cap_in_words, most_steps
from agent.planning.mentions import Mention, Mentions
from agent.planning.normalise import normalise
from agent.planning.patterns import compiled
from agent.planning.reading import Intent, MissingSlot, Reading, Refusal, SlotReading, ToolReading
from agent.planning.refusals import hostile, out_of_bounds, refusal
from agent.planning.resolution import Resolution
from agent.planning.resolve import resolve
from agent.planning.sentences import both, joined, say
from agent.planning.slots import ToolWord, Vocabulary, vocabulary_of
from agent.planning.summary import summarise
from physics_engines.text import Language, Text
from tools.base import Tool
from tools.errors import ExitStatus

LONGEST_QUESTION = 4000
"""Characters; what is longer is not one question."""
THRESHOLD = 0.3
"""Below this confidence the nearest capabilities are listed instead of acting."""


def understand(question: str, registry: Mapping[str, Tool[Any]], previous: Reading | None = None) -> Reading:
    """Read a question by rules, deterministically and without any model.

    Args:
        question: The question as it was typed, in English, Japanese or both.
        registry: The tools; what can be said about numbers comes from their Specs.
        previous: The reading before, in a conversation: "and for 6x6?" takes from it what it does not say.
    """
    vocabulary = vocabulary_of(registry)
    language = detect_language(question)
    if previous is not None and any(item.field == "tool" for item in previous.missing):
        # "Heisenberg 4x4" was asked back for what to compute: the answer completes that question.
        whole = _Reader(f"{previous.question}: {question.strip()}", language, vocabulary, None).read()
        if whole.tools:
            return whole
    reader = _Reader(question.strip(), language, vocabulary, previous)
    return reader.read()


class _Reader:
    """The reading of one question."""

    def __init__(self, question: str, language: Language, vocabulary: Vocabulary, previous: Reading | None) -> None:
        self._question = question
        self._language = language
        self._vocabulary = vocabulary
        self._previous = previous

    def read(self) -> Reading:
        if not any(character.isalnum() or character in "?？" for character in self._question):
            return self._refused(refusal("empty", self._language, ExitStatus.BAD_INPUT))
        text = self._vocabulary.speller.correct_katakana(normalise(self._question[: 4 * LONGEST_QUESTION]))
        if found := hostile(text, self._language):
            return self._refused(found)
        if len(self._question) > LONGEST_QUESTION:
            return self._refused(refusal("too_long", self._language, ExitStatus.BAD_INPUT))
        if intent := self._other_intent(text):
            return self._finish(intent, 0.9)
        if reading := self._proof_or_hypothesis(text):
            return reading
        parts = parts_of(self._question, self._vocabulary)
        computing = [part for part in parts if part.aim == "compute"]
        asking = [part for part in parts if part.aim == "ask"]
        if not computing:
            computing = self._continued(parts, asking)
        if not computing:
            return self._without_computation(parts, asking)
        return self._computation(text, parts, computing, asking)

    def _other_intent(self, text: str) -> Intent | None:
        if compiled(cues.HELP).search(text):
            return "help"
        return "status" if compiled(cues.STATUS).search(text) else None

    def _proof_or_hypothesis(self, text: str) -> Reading | None:
        first = read_part(self._question, self._vocabulary)
        if compiled(cues.PROVE).search(text) and not (
            first.cues and first.cues[0].payload in ("hard", "weak", "defining") and first.cues[0].start < 3
        ):
            provers = [name for name, tool in self._vocabulary.tools.items() if tool.evidence == "proved"]
            if provers:
                return self._finish("prove", 0.8, tools=(ToolReading(tool=provers[0]),), knowledge=self._question)
            return self._refused(refusal("no_prover", self._language, ExitStatus.MISSING), "prove")
        if compiled(cues.HYPOTHESIS).search(text):
            return self._refused(refusal("no_hypothesis", self._language), "hypothesis")
        return None

    def _continued(self, parts: list[Part], asking: list[Part]) -> list[Part]:
        """The parts that go on from the question before, where there is one; or that name a size and a model."""
        rest = [part for part in parts if part not in asking or not part.has("hard", "defining")]
        if not rest or self._previous is None or not self._previous.tools:
            return []
        mentions = self._mentions(rest)
        methods = choose_tools(rest, mentions, self._vocabulary)
        said = bool(mentions.said or methods or (mentions.loose and self._previous.missing))
        if said:
            asking[:] = [part for part in asking if part not in rest]
        return rest if said else []

    def _without_computation(self, parts: list[Part], asking: list[Part]) -> Reading:
        whole = " ".join(part.text for part in parts)
        mentions = self._mentions(parts)
        told = [mention.slot for mention in mentions.said]
        sized = any(slot.kind == "extents" for slot in told)
        # "Square lattice, Heisenberg" wants a number; in more words, and without one, it is what is talked about.
        systems = len({slot.name for slot in told}) >= 2 and (_numbered(parts) or not self._is_longer_than(6))
        # A size of nothing that could be computed: "receptive field after five layers with 3x3 kernels".
        named = any(slot.name == "model" for slot in told)
        talked = not named and (self._is_longer_than(6) or compiled(cues.QUESTION).search(whole) is not None)
        if not asking and (sized or mentions.unknown or systems) and not (talked and self._libraries()):
            if found := impossible(whole, parts, mentions, self._vocabulary, self._language):
                return self._refused(found)
            if found := self._too_many(mentions):
                return self._refused(found)
            names = Text(en=computable(self._vocabulary, "en"), ja=computable(self._vocabulary, "ja"))
            missing = MissingSlot(field="tool", question=both("which_tool", options=names))
            return self._finish("compute", 0.4, missing=(missing,), nearest=nearest_tools(whole, self._vocabulary))
        if not asking and compiled(cues.ERRANDS).search(whole):
            return self._finish("help", 0.1, nearest=nearest_tools(whole, self._vocabulary))
        if asking or self._looks_like_a_topic(parts):
            if not self._libraries():
                return self._refused(refusal("no_library", self._language, ExitStatus.MISSING))
            return self._finish("ask", 0.8 if asking else 0.4, knowledge=bare(self._question))
        if self._libraries() and self._is_longer_than(3):
            return self._look_up()
        return self._finish("help", 0.1, nearest=nearest_tools(whole, self._vocabulary))

    def _looks_like_a_topic(self, parts: list[Part]) -> bool:
        """A few words that name a thing, as one types into a search field."""
        text = " ".join(part.text for part in parts)
        if text.endswith("?"):
            return True
        known = any(part.found for part in parts)
        words = text.split()
        return len(words) <= (8 if known else 3) and not text.endswith((".", "!", "。")) and len(text) <= 80

    def _look_up(self) -> Reading:
        """Many words, a quantity perhaps among them, and not one of a system: it is talked about, not asked for."""
        return self._finish("ask", 0.3, knowledge=bare(self._question))

    def _is_longer_than(self, words: int) -> bool:
        """Whether there are more words than that; three characters of Japanese count for one."""
        count = len(self._question) / 3 if self._language == "ja" else len(self._question.split())
        return count > words

    def _libraries(self) -> list[str]:
        return [name for name, tool in self._vocabulary.tools.items() if tool.evidence == "cited"]

    def _mentions(self, parts: list[Part]) -> Mentions:
        return read_mentions(" ; ".join(part.text for part in parts), self._vocabulary)

    def _computation(self, text: str, parts: list[Part], computing: list[Part], asking: list[Part]) -> Reading:
        mentions = self._mentions(computing)
        if self._is_explained(parts, computing):
            return self._look_up()
        is_talk = not mentions.said and self._is_longer_than(8) and bool(self._libraries())
        if found := impossible(text, computing, mentions, self._vocabulary, self._language):
            has_method = any(isinstance(item.payload, ToolWord) for item in mentions.found)
            return self._look_up() if is_talk and not has_method else self._refused(found)
        names = choose_tools(computing, mentions, self._vocabulary) or self._inherited_tools(computing)
        if not names and (found := self._too_many(mentions)):
            return self._refused(found)
        if not names and is_talk:
            return self._look_up()
        if not names:
            options = Text(en=computable(self._vocabulary, "en"), ja=computable(self._vocabulary, "ja"))
            missing = MissingSlot(field="tool", question=both("which_tool", options=options))
            return self._finish("compute", 0.3, missing=(missing,), nearest=nearest_tools(text, self._vocabulary))
        states = [self._resolve(name, mentions, computing) for name in names]
        if asking and any(state.missing for state in states):
            # "Why can an RBM represent the ground state of the 4x4 Heisenberg model, and what is its energy?"
            wider = self._mentions(parts)
            again = [self._resolve(name, wider, parts) for name in names]
            if not any(state.refusal for state in again):
                states = again
        # An explanation is asked for, and beside it a quantity of no model: a part of the explanation.
        names_no_model = all(any(item.field == "model" for item in state.missing) for state in states)
        if (is_talk and any(state.missing for state in states)) or (asking and names_no_model and self._libraries()):
            return self._look_up()
        return self._assemble(states, computing, asking)

    def _is_explained(self, parts: list[Part], computing: list[Part]) -> bool:
        """Whether something is asked of no model and no size: of the notion, whatever verb or number stands beside it.

        "RBMで計算して" is an order, and asked back; so is what goes on from a question before.
        """
        if not self._libraries() or (self._previous is not None and self._previous.tools):
            return False
        said = self._mentions(parts).said
        if any(mention.slot.name == "model" or _is_measured(mention) for mention in said):
            return False
        text = " ".join(part.text for part in computing)
        if compiled(cues.QUESTION).search(text):
            return True
        # "Variance of the local energy near an eigenstate" orders nothing; "exact energy" is too short to tell.
        return self._language == "en" and self._is_longer_than(3) and not computing[0].orders()

    def _too_many(self, mentions: Mentions) -> Refusal | None:
        if not any(mention.problem == "too_many" for mention in mentions.said):
            return None
        return refusal("too_many_steps", self._language, ExitStatus.BAD_INPUT, cap=cap_in_words(self._language))

    def _inherited_tools(self, computing: list[Part]) -> tuple[str, ...]:
        if self._previous is None:
            return ()
        return tuple(item.tool for item in self._previous.tools if item.tool in self._vocabulary.tools)

    def _resolve(self, name: str, mentions: Mentions, parts: list[Part]) -> Resolution:
        text = " ; ".join(part.text for part in parts)
        written = written_hamiltonian(normalise(self._question))
        return resolve(name, mentions, text, written, self._vocabulary, self._language, self._carried(parts))

    def _carried(self, parts: list[Part]) -> tuple[SlotReading, ...]:
        """What the question before said, where this one goes on from it."""
        if self._previous is None or not self._previous.tools:
            return ()
        cue = any(part.has("follow_up", "pronoun") for part in parts)
        begins = compiled(r"^\W*(?:and|or|but|also|now|then|for|with|at|on|また|次に|では|じゃあ)\b").search(
            self._question
        )
        whole = any(not word.context for part in parts for word in quantities(part, self._vocabulary)[0])
        if not (cue or begins or self._previous.missing or not whole):
            return ()
        found: dict[str, SlotReading] = {}
        for tool in self._previous.tools:
            for slot in tool.slots:
                found.setdefault(slot.field, slot)
        return tuple(found.values())

    def _assemble(self, states: list[Resolution], computing: list[Part], asking: list[Part]) -> Reading:
        tools = tuple(ToolReading(tool=state.tool, slots=tuple(state.read.values())) for state in states)
        missing = {item.field: item for state in states for item in state.missing}
        notes = list(dict.fromkeys(note for state in states for note in state.notes))
        others = uncomputed_names(computing, self._vocabulary, self._language)
        if others:
            notes.append(say("note_not_computed", self._language, what=joined(others, self._language)))
        text = " ; ".join(part.text for part in computing)
        for key, pattern in (("note_per_site", cues.OTHER_NORM), ("note_other_unit", cues.OTHER_UNIT)):
            if other := compiled(pattern).search(text):
                notes.append(say(key, self._language, what=other[0]))
        refused = next((state.refusal for state in states if state.refusal), None)
        steps = sum(tool.n_calls() for tool in tools) + (1 if asking else 0)
        if refused is None and steps > most_steps():
            cap = cap_in_words(self._language)
            refused = refusal("too_many_steps", self._language, ExitStatus.BAD_INPUT, cap=cap)
        if refused is None:
            refused = self._invalid(tools, states, set(missing)) or self._not_by_these(states, computing)
        if refused is not None:
            tools = tuple(_writable(tool) for tool in tools)
            return self._finish("refuse", 0.9, tools=tools, refused=refused, notes=notes, states=states)
        notes += self._left_out(states, computing)
        knowledge = " ".join(bare(part.original) for part in asking) if self._libraries() else ""
        intent: Intent = "compute_and_ask" if knowledge else "compute"
        confidence = 0.95 - 0.1 * len(missing) - 0.02 * len(notes)
        return self._finish(
            intent,
            confidence,
            tools=tools,
            knowledge=knowledge,
            missing=tuple(missing.values()),
            notes=notes,
            states=states,
        )

    def _invalid(self, tools: tuple[ToolReading, ...], states: list[Resolution], missing: set[str]) -> Refusal | None:
        if missing:
            return None
        for item, state in zip(tools, states, strict=True):
            if found := out_of_bounds(self._vocabulary.tools[item.tool], item, state.slots, self._language):
                return found
        return None

    def _not_by_these(self, states: list[Resolution], computing: list[Part]) -> Refusal | None:
        """The refusal of a quantity that the method that was named does not give."""
        chosen = [state.tool for state in states]
        slots = self._vocabulary.slots
        left: dict[str, tuple[str, ...]] = {}
        for quantity in wanted_quantities(computing, self._vocabulary):
            others = self._vocabulary.computed_by[quantity]
            if not set(chosen) & set(others):
                left[quantity_name(quantity, self._language)] = others
        for mention in self._mentions(computing).said:
            others = tuple(name for name in slots if mention.slot in slots[name])
            if mention.slot.slot.essential and not set(chosen) <= set(others):
                left[mention.text] = others
        if not left:
            return None
        what, others = next(iter(left.items()))
        method, available = self._titles(chosen), self._titles(others)
        return refusal(
            "not_by_this", self._language, ExitStatus.BAD_INPUT, method=method, what=what, available=available
        )

    def _titles(self, names: Iterable[str]) -> str:
        titles = [self._vocabulary.tools[name].title.in_language(self._language) for name in names]
        return joined(titles, self._language)

    def _left_out(self, states: list[Resolution], computing: list[Part]) -> list[str]:
        """What was said and no chosen tool takes."""
        used = {name for state in states for name in state.slots}
        mentions = self._mentions(computing)
        # A number that became the size for want of another is the only one that was read without a name.
        read = {slot.said for state in states for slot in state.read.values()}
        notes = [say("note_unread", self._language, what=words) for words, _ in mentions.unread if words not in read]
        taken = [(mention.start, mention.end) for mention in mentions.said if mention.slot.name in used]
        chosen = {state.tool for state in states}
        taken += [
            (item.start, item.end)
            for item in mentions.found
            if isinstance(item.payload, ToolWord) and item.payload.tool in chosen
        ]
        for mention in mentions.said:
            # A word may also speak for the tool itself, or for another field, and is not lost then.
            read_elsewhere = any(start <= mention.start and mention.end <= end for start, end in taken)
            if mention.slot.name not in used and not read_elsewhere:
                tool = joined([state.tool for state in states], self._language)
                notes.append(say("note_ignored", self._language, what=mention.text, tool=tool))
        return list(dict.fromkeys(notes))

    def _refused(self, refused: Refusal, intent: Intent = "refuse") -> Reading:
        return self._finish(intent, 0.9, refused=refused)

    def _finish(
        self,
        intent: Intent,
        confidence: float,
        *,
        tools: tuple[ToolReading, ...] = (),
        knowledge: str = "",
        missing: tuple[MissingSlot, ...] = (),
        refused: Refusal | None = None,
        nearest: tuple[str, ...] = (),
        notes: list[str] | None = None,
        states: list[Resolution] | None = None,
    ) -> Reading:
        reading = Reading(
            question=self._question,
            language=self._language,
            intent=intent,
            confidence=max(0.0, min(1.0, confidence)),
            tools=tools,
            knowledge=knowledge,
            ambiguities=tuple(notes or ()),
            missing=missing,
            refusal=refused,
            nearest=nearest,
        )
        return reading.model_copy(update={"summary": summarise(reading, states or [], self._vocabulary)})


def _is_measured(mention: Mention) -> bool:
    """Whether a mention gives a number of a system: its size, a coupling."""
    return mention.slot.kind != "choice" and compiled(r"\d").search(mention.text) is not None


def _numbered(parts: list[Part]) -> bool:
    return any(compiled(r"\d").search(without_numbered_words(part)) for part in parts)


def _writable(tool: ToolReading) -> ToolReading:
    """A refused reading with NaN and infinity as words, so that it equals itself and can be written as JSON."""
    slots = tuple(
        slot.model_copy(update={"values": (slot.said,)}) if any(_is_odd(value) for value in slot.values) else slot
        for slot in tool.slots
    )
    return tool.model_copy(update={"slots": slots})


def _is_odd(value: object) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return any(isinstance(part, float) and not math.isfinite(part) for part in parts)
