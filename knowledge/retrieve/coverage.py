"""Does one section speak of all that a question names? The evidence that refusal is decided on.

A book about a field uses most of the field's words somewhere. What tells a question it answers from one it does not is
whether the *specific* words of the question, and their combinations, stand together in the section found. A word that
is missing weighs by what it is: a plain word is one a paraphrase would use, a rare word, a name, a run of katakana or
a compound of three kanji is most likely the subject.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from rapidfuzz.distance import Levenshtein

from knowledge.index.book import BookIndex
from knowledge.index.common_words import frequency_rank
from knowledge.index.glossary import Glossary
from knowledge.index.lexical import K1
from knowledge.index.tokens import STOP_WORDS, coarse, plain_terms, stem, terms, without_layout, words_of
from knowledge.retrieve.question import Question, without_frame
from knowledge.retrieve.search import SECTION_WEIGHT, Ranked, term_weight, weighted_terms
from knowledge.store import StoredPassage
from knowledge.text import search_copy

FEATURES = {
    "japanese": 0,  # 1 for Japanese, whose terms are more and shorter
    "content": 0,  # logarithm of the number of terms that say something
    "telling": 0,  # logarithm of the BM25 score a perfect passage would reach
    "share": 1,  # the best passage's share of that score
    "unknown": -1,  # share of the question's weight in words the book never uses
    "in_passage": 1,  # share of the weight found in the best passage of the section
    "in_section": 1,  # share of the content words found in the section
    "dwelt_on": 1,  # mean logarithm of how often the section says the terms, by weight
    "pairs_missing": -1,  # neighbouring English content words that are no neighbours in the section
    "names_missing": -1,  # capitalised names and acronyms the section lacks
    "acronyms_missing": -1,  # of these, the ones with two capitals or a digit
    "missing": -1,  # share of all Latin content words the section lacks
    "plain_missing": 0,  # common ones among them: a paraphrase uses these, so they weigh less than others
    "middling_missing": 0,  # less common ones, which may weigh less too
    "katakana_missing": -1,  # katakana words the section lacks
    "katakana_found": 0,
    "compounds_missing": -1,  # compounds of three or more kanji
    "kanji_unknown": -1,  # pairs of kanji in such compounds that the book never uses
    "rarest_concept": 0,  # idf of the rarest glossary concept named
    "named": 0,  # share of the weight in names of glossary concepts
}
"""The numbers that ``features`` returns, in order, with the sign that their weight may have (0: either).

Tried without gain on held-out questions: cosines of MiniLM with passages and sentences, the share of a question in its
best sentence, the lead of the first section over the second, and asking the two next sections as well.
"""

_SAYS_LITTLE = re.compile(r".|[\u3041-\u3096]+|.*\*")
"""Single characters, hiragana and coarse stems: too common to show that a subject is missing."""
_NOTHING_TEXT = (
    "work works use uses used using find get make take show do done method way need many much kind type mean means "
    "give given happen say tell"
)
_SAYS_NOTHING = frozenset(stem(word) for word in _NOTHING_TEXT.split())
_COMMON, _MIDDLING = 4_000, 12_000
_DWELT_ON = 2.5
_LONG_LOAN_WORD = 5
_UNDECIDED = 0.5
_LATIN = re.compile(r"[a-z][a-z']*[a-z]")
_RUN = re.compile(r"[\u30a1-\u30fa\u30fc]{2,}|[\u3400-\u9fff々]+|[a-z0-9][a-z0-9\-]+")
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc・]{3,}")
_COMPOUND = re.compile(r"[\u3400-\u9fff々]{3,}")
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z0-9][A-Za-z0-9]*\b")
_NAME = re.compile(r"(?<!^)(?<![.?!] )\b(?:[A-Z][A-Za-z]+|[A-Z]{2,}[a-z]*)")
_JOINTS = re.compile(r"[\s・ー\-–]+")


@dataclass(frozen=True)
class SectionText:
    """A section in all its languages, prepared for comparison."""

    copy: str
    """Search copy."""
    squeezed: str
    """The same without spaces, hyphens and long-vowel marks."""
    katakana: frozenset[str]
    """Its long words in katakana, squeezed."""
    terms: Mapping[str, int]
    """How often each term occurs, those of its headings included."""
    pairs: frozenset[tuple[str, str]]
    """Neighbouring stems."""
    passages: tuple[frozenset[str], ...]
    """Terms of each passage with the heading it stands under."""

    @classmethod
    def read(cls, passages: Sequence[StoredPassage], glossary: Glossary) -> "SectionText":
        """Prepare the passages of one section."""
        told = [item for item in passages if item.kind not in ("code", "references")]
        copy = without_layout(search_copy("\n".join(f"{item.chapter}\n{item.section}\n{item.text}" for item in told)))
        stems = words_of(copy)
        heads = {item.section: terms(item.section, glossary) for item in told}
        texts = [terms(item.text, glossary) for item in told]
        sets = tuple(frozenset([*heads[item.section], *text]) for item, text in zip(told, texts, strict=True))
        chapter = terms(told[0].chapter, glossary) if told else []
        every = Counter(dict.fromkeys(chain(chapter, *heads.values()), 1))
        every.update(chain.from_iterable(texts))
        katakana = frozenset(_squeezed(word) for word in _KATAKANA.findall(copy))
        return cls(copy, _squeezed(copy), katakana, every, frozenset(pairwise(stems)), sets)

    def holds(self, term: str) -> bool:
        """Whether a term, or a form of it with the same first letters, occurs."""
        return term in self.terms or _has_coarse(term, self.terms)


def features(
    question: Question, ranked: Sequence[Ranked], index: BookIndex, section: SectionText, glossary: Glossary
) -> tuple[float, ...]:
    """The evidence on whether the first of ``ranked``, which stands in ``section``, answers the question.

    Returns:
        One number for each of ``FEATURES``.
    """
    passages = index.passages
    weights = weighted_terms(question)
    # A synonym the text never uses is no gap: its concept stands for it.
    words = [word for word in question.words if word not in question.named or word in passages]
    own = [*words, *(f"@{number}" for number in question.concepts)]
    reachable = sum(weights[word] * passages.idf(word) for word in own) * (K1 + 1) * (1 + SECTION_WEIGHT)
    best = ranked[0].score if ranked else 0.0
    mass = {word: term_weight(word) * passages.idf(word) for word in words if not _SAYS_LITTLE.fullmatch(word)}
    total = max(sum(mass.values()), 1e-9)
    unknown = sum(weight for word, weight in mass.items() if word not in passages and coarse(word) not in passages)
    named = sum(weight for word, weight in mass.items() if word in question.named)
    in_passage = max(
        (sum(w for word, w in mass.items() if word in held or _has_coarse(word, held)) for held in section.passages),
        default=0.0,
    )
    dwelt_on = sum(w * min(math.log1p(section.terms.get(word, 0)), _DWELT_ON) for word, w in mass.items())
    idfs = [passages.idf(f"@{number}") for number in question.specific if f"@{number}" in passages]
    covered = [number for number in question.concepts if f"@{number}" in section.terms]
    names = [search_copy(name) for number in covered for name in glossary.entries[number].names]
    japanese = question.language == "ja"
    words_found = _japanese(question, section, names) if japanese else _english(question, section, names)
    return (
        float(japanese),
        math.log1p(len(mass)),
        math.log1p(reachable) / 4.0,
        best / max(reachable, 1e-9),
        unknown / total,
        in_passage / total,
        words_found[0],
        dwelt_on / total,
        words_found[1],
        float(_names_missing(question.text, section, names)),
        float(_acronyms_missing(question.text, section, names)),
        *_latin_missing(question, section, names),
        *words_found[2:],
        float(_kanji_unknown(question, index)) if japanese else 0.0,
        max(idfs, default=0.0) / 5.0,
        named / total if mass else 0.0,
    )


def _english(question: Question, section: SectionText, names: Sequence[str]) -> tuple[float, ...]:
    """In section, pairs missing, and no katakana or kanji; a name of a concept found counts as found."""
    held = {word for name in names for word in words_of(name)}
    stems = words_of(search_copy(question.text))
    found = [section.holds(word) or word in held for word in stems if _tells(word)]
    pairs = [pair for pair in pairwise(stems) if _tells(pair[0]) and _tells(pair[1])]
    within = {pair for name in names for pair in pairwise(words_of(name))}
    apart = sum(pair not in section.pairs and pair not in within for pair in pairs)
    return (sum(found) / len(found) if found else _UNDECIDED, float(apart), 0.0, 0.0, 0.0)


def _japanese(question: Question, section: SectionText, names: Sequence[str]) -> tuple[float, ...]:
    """In section, no pairs, katakana missing and found, and compounds missing."""
    subject = without_frame(search_copy(question.text))
    squeezed_names = [_squeezed(name) for name in names]

    def holds(run: str) -> bool:
        squeezed = _squeezed(run)
        return (
            squeezed in section.squeezed
            or any(squeezed in name for name in squeezed_names)
            or _spelled_otherwise(squeezed, section.katakana)
        )

    runs = [run for run in _RUN.findall(subject) if not run.isascii() or len(run) > 2]
    length = sum(len(run) for run in runs)
    found = sum(len(run) for run in runs if run in section.copy or any(run in name for name in names))
    katakana = [holds(run) for run in _KATAKANA.findall(subject)]
    compounds = [holds(run) for run in _COMPOUND.findall(subject)]
    return (
        found / length if length else _UNDECIDED,
        0.0,
        float(len(katakana) - sum(katakana)),
        float(sum(katakana)),
        float(len(compounds) - sum(compounds)),
    )


def _latin_missing(question: Question, section: SectionText, names: Sequence[str]) -> tuple[float, float, float]:
    """Share of the Latin words that the section lacks, and how many of them are common and less common."""
    copy = search_copy(question.text)
    text = without_frame(copy) if question.language == "ja" else copy
    words = [word for word in _LATIN.findall(text) if _tells(stem(word)) and word not in STOP_WORDS]
    held = {word for name in names for word in plain_terms(name)}
    missing = [word for word in words if not section.holds(stem(word)) and stem(word) not in held]
    ranks = [min(frequency_rank(word), frequency_rank(stem(word))) for word in missing]
    return (
        len(missing) / len(words) if words else 0.0,
        float(sum(rank < _COMMON for rank in ranks)),
        float(sum(_COMMON <= rank < _MIDDLING for rank in ranks)),
    )


def _names_missing(text: str, section: SectionText, names: Sequence[str]) -> int:
    held = {word for name in names for word in plain_terms(name)}
    asked = (stem(search_copy(name)) for name in _NAME.findall(text))
    return min(sum(name not in section.terms and name not in held for name in asked), 2)


def _acronyms_missing(text: str, section: SectionText, names: Sequence[str]) -> int:
    """At most two; "XOR" is there where the section speaks of the concept that has this name."""
    asked = (search_copy(name) for name in _ACRONYM.findall(text))
    return min(sum(name not in section.copy and name not in names for name in asked), 2)


def _kanji_unknown(question: Question, index: BookIndex) -> int:
    compounds = _COMPOUND.findall(without_frame(search_copy(question.text)))
    return sum(run[i : i + 2] not in index.passages for run in compounds for i in range(len(run) - 1))


def _spelled_otherwise(word: str, held: Collection[str]) -> bool:
    """Whether a long loan word stands there in another spelling: 「マクラップ」 for 「マハラップ」."""
    if len(word) < _LONG_LOAN_WORD:
        return False
    return any(Levenshtein.distance(word, other, score_cutoff=1) <= 1 for other in held)


def _tells(word: str) -> bool:
    return word not in STOP_WORDS and word not in _SAYS_NOTHING


def _has_coarse(term: str, held: Container[str]) -> bool:
    return len(term) >= 6 and term.isascii() and coarse(term) in held


def _squeezed(copy: str) -> str:
    return _JOINTS.sub("", copy)
