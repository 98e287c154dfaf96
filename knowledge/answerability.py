"""Whether a book answers a question: the evidence, and the calibration that weighs it."""

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import LibraryUnavailable
from knowledge.index.book import BookIndex
from knowledge.index.common_words import is_known as common_words_are_known
from knowledge.index.glossary import Glossary
from knowledge.index.lexicon import Lexicon
from knowledge.index.tokens import TOKENS_VERSION
from knowledge.indexes import LexicalIndexes
from knowledge.model import TEXTBOOK
from knowledge.retrieve.across import across_evidence
from knowledge.retrieve.coverage import FEATURES, SectionText, features
from knowledge.retrieve.known import LIKENESS, KnownQuestions
from knowledge.retrieve.question import Question, read_question
from knowledge.retrieve.refusal import ACROSS, REFUSAL_VERSION, Calibration, LabelledQuestion, fit, folds
from knowledge.retrieve.search import Ranked, rank
from knowledge.store import Reader, Store
from knowledge.text import Language

_SECTIONS_KEPT = 256


@dataclass(frozen=True)
class Judgement:
    """Whether the best section of a book answers a question.

    Attributes:
        answerability: Estimated probability that it does.
        threshold: Least one that is answered.
    """

    answerability: float
    threshold: float

    @property
    def margin(self) -> float:
        """How far above the threshold; this, not the probability, compares between books."""
        return self.answerability - self.threshold


class Answerability:
    """Judges questions, and keeps its calibration in step with the text.

    Args:
        store: Where a calibration of the user's own text is kept.
        indexes: Of the books.
        glossary: Names of concepts in both languages.
        lexicon: Translations of single words.
        folder: For the index of the labelled questions.
        questions: File of labelled questions, tab-separated: kind, topic, question, under a heading.
        shipped: Calibration that comes with the built-in book.
    """

    def __init__(
        self,
        store: Store,
        indexes: LexicalIndexes,
        glossary: Glossary,
        lexicon: Lexicon,
        folder: Path,
        questions: Path,
        shipped: Path,
    ) -> None:
        self._store = store
        self._indexes = indexes
        self._glossary = glossary
        self._lexicon = lexicon
        self._known_file = folder / "questions.npz"
        self._questions = questions
        self._shipped = shipped
        self._sections: dict[tuple[object, ...], SectionText] = {}
        self._calibration: Calibration | None = None
        self._known: tuple[str, KnownQuestions] | None = None
        self._stamped: tuple[tuple[int, int] | None, str] | None = None

    def judge(self, question: Question, ranked: Sequence[Ranked], reader: Reader) -> Judgement:
        """Judge the first of the ranked passages of one book."""
        calibration = self.calibration(reader)
        if not ranked:
            return Judgement(0.0, calibration.textbook.threshold)
        book, language = ranked[0].passage.book, ranked[0].passage.language
        if book == TEXTBOOK:
            model = calibration.textbook
        else:
            model = calibration.elsewhere if language == question.language else calibration.across
        evidence = dict(zip(FEATURES, self._features(question, ranked, reader), strict=True))
        if model is calibration.across:
            evidence.update(zip(ACROSS, self._across(question, ranked, reader), strict=True))
        if book == TEXTBOOK:
            evidence.update(zip(LIKENESS, self._known_questions().likeness(question), strict=True))
        return Judgement(model.answerability(evidence), model.threshold)

    def calibrate(self) -> Calibration:
        """Fit to the text as it is now, keep the result, and return it."""
        with self._store.reading() as reader:
            calibration = self._fit(reader)
        with self._store.writing() as writer:
            writer.set("calibration", json.dumps(calibration.to_json()))
        self._calibration = calibration
        return calibration

    def calibration(self, reader: Reader) -> Calibration:
        """The calibration of the text as it is now: in memory, shipped, stored, or fitted anew."""
        stamp = self._stamp(reader)
        if self._calibration is not None and self._calibration.stamp == stamp:
            return self._calibration
        candidates = [reader.setting("calibration")]
        if self._shipped.is_file():
            candidates.insert(0, self._shipped.read_text(encoding="utf-8"))
        for text in candidates:
            with contextlib.suppress(ValueError):
                stored = Calibration.from_json(json.loads(text or "{}"))
                if stored.stamp == stamp:
                    self._calibration = stored
                    return stored
        fitted = self._fit(reader)
        with contextlib.suppress(LibraryUnavailable, sqlite3.Error), self._store.writing() as writer:
            writer.set("calibration", json.dumps(fitted.to_json()))
        self._calibration = fitted
        return fitted

    def _features(
        self, question: Question, ranked: Sequence[Ranked], reader: Reader, only: Language | None = None
    ) -> tuple[float, ...]:
        index, section = self._section(ranked, reader, only)
        return features(question, ranked, index, section, self._glossary)

    def _across(
        self, question: Question, ranked: Sequence[Ranked], reader: Reader, only: Language | None = None
    ) -> tuple[float, ...]:
        index, section = self._section(ranked, reader, only)
        shared = dict(zip(FEATURES, features(question, ranked, index, section, self._glossary), strict=True))
        return across_evidence(question, shared, index, section, self._glossary)

    def _section(
        self, ranked: Sequence[Ranked], reader: Reader, only: Language | None
    ) -> tuple[BookIndex, SectionText]:
        """The index of the book of the first passage, and the section it stands in."""
        passage = ranked[0].passage if ranked else None
        index = self._indexes.of(passage.book if passage else TEXTBOOK, reader)
        key = (index.stamp, only, passage.section_group if passage else ())
        if key not in self._sections:
            found = reader.around(passage) if passage else []
            found = [item for item in found if only in (None, item.language)]
            if len(self._sections) >= _SECTIONS_KEPT:
                self._sections.pop(next(iter(self._sections)), None)
            self._sections[key] = SectionText.read(found, self._glossary)
        return index, self._sections[key]

    def _fit(self, reader: Reader) -> Calibration:
        labelled = self._labelled()
        fold = folds(labelled)
        known = self._known_questions()
        index = self._indexes.of(TEXTBOOK, reader)
        evidence, across = [], []
        for item, number in zip(labelled, fold, strict=True):
            question = read_question(item.text, self._glossary)
            own_first = rank(question, index, reader, 1)
            own = self._features(question, own_first, reader)
            evidence.append((*own, *known.likeness(question, number)))
            # As if the text existed in the other language only, and the lexicon had never seen the chapter.
            other: Language = "en" if question.language == "ja" else "ja"
            chapter = own_first[0].passage.chapter_id if own_first else ""
            asked = read_question(item.text, self._glossary, self._lexicon, chapter)
            found = rank(asked, index, reader, 1, other, translations=False, across=True)
            across.append(self._across(asked, found, reader, other))
        return fit(self._stamp(reader), labelled, evidence, across, fold)

    def _stamp(self, reader: Reader) -> str:
        return _hash(
            reader.setting("textbook"), self._questions_stamp(), common_words_are_known(), self._lexicon.fingerprint
        )

    def _questions_stamp(self) -> str:
        """Hash of the questions and of what reads them; the file is read again only where it looks changed."""
        state = self._questions.stat() if self._questions.is_file() else None
        seen = (state.st_mtime_ns, state.st_size) if state else None
        if self._stamped is None or self._stamped[0] != seen:
            text = self._questions.read_text(encoding="utf-8") if state else ""
            self._stamped = (
                seen,
                _hash(text, self._glossary.fingerprint, TOKENS_VERSION, REFUSAL_VERSION),
            )
        return self._stamped[1]

    def _known_questions(self) -> KnownQuestions:
        stamp = self._questions_stamp()
        if self._known is None or self._known[0] != stamp:
            known = KnownQuestions.load(self._known_file, stamp)
            if known is None:
                labelled = self._labelled()
                read = [read_question(item.text, self._glossary) for item in labelled]
                known = KnownQuestions.build(read, [item.kind == "answerable" for item in labelled], folds(labelled))
                with contextlib.suppress(OSError):  # a full disk only costs the next process the time to build it
                    known.save(self._known_file, stamp)
            self._known = (stamp, known)
        return self._known[1]

    def _labelled(self) -> list[LabelledQuestion]:
        if not self._questions.is_file():
            return []
        lines = self._questions.read_text(encoding="utf-8").splitlines()[1:]
        rows = [line.split("\t") for line in lines if line.strip()]
        return [LabelledQuestion(text, kind, topic) for kind, topic, text in rows]


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
