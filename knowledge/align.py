"""Learn ``lexicon.tsv`` from the bilingual book: ``python -m knowledge.align``, after every change of its text.

The two languages of the book correspond line by line, and within a line sentence by sentence where their numbers
agree. From these pairs IBM model 1 (Brown, Della Pietra, Della Pietra and Mercer 1993, Computational Linguistics 19,
263, section 4.1) learns in both directions how probable a term is where another stands; the geometric mean of the two
keeps what they agree on. The model has one maximum, so the result depends on nothing but the text.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.files import write_atomically
from knowledge.index.lexicon import HEADING, Pair
from knowledge.index.tokens import plain_terms
from knowledge.ingest.sentences import sentence_spans

_ITERATIONS = 6
_UNSEEN = 1.0
"""Added to the count of every source term: rare ones are not sure of anything."""
_LEAST_WEIGHT = 0.04
_MOST_TRANSLATIONS = 8
_FORMULA = re.compile(r"\$[^$]*\$")
_JAPANESE = re.compile(r"[\u3400-\u9fff々]|[\u3400-\u9fff々\u30a1-\u30fa\u30fc]{2}|[\u3400-\u9fff々][\u3041-\u3096]")
"""Kanji, and pairs of characters that are no mere ending."""
_LATIN = re.compile(r"[a-z0-9][a-z0-9'\-]*")


@dataclass(frozen=True)
class SentencePair:
    """What says the same in both languages, as terms, each once."""

    chapter: str
    ja: tuple[str, ...]
    en: tuple[str, ...]


def sentence_pairs(textbook: Path) -> Iterator[SentencePair]:
    """The aligned sentences of a folder with the chapters in ``en`` and ``ja``; code and displayed formulas left out.

    Raises:
        ValueError: The two files of a chapter differ in their number of lines.
    """
    for english in sorted((textbook / "en").glob("*.md")):
        lines = [
            (textbook / language / english.name).read_text(encoding="utf-8").split("\n") for language in ("en", "ja")
        ]
        if len(lines[0]) != len(lines[1]):
            raise ValueError(f"{english.name} has {len(lines[0])} lines in English and {len(lines[1])} in Japanese")
        inside = False
        for en, ja in zip(*lines, strict=True):
            if en.startswith("```") or en.strip() == "$$":
                inside = not inside
            elif not inside and en != ja:
                for one, other in _sentences(en, ja):
                    pair = SentencePair(english.stem, _terms(other, _JAPANESE, _LATIN), _terms(one, _LATIN))
                    if pair.ja and pair.en:
                        yield pair


def learn(pairs: Sequence[SentencePair]) -> list[Pair]:
    """The translations that sentence pairs show, sorted."""
    forward = _model_1([pair.ja for pair in pairs], [pair.en for pair in pairs])
    backward = _model_1([pair.en for pair in pairs], [pair.ja for pair in pairs])
    weights = {
        (ja, en): (value * backward.get((en, ja), 0.0)) ** 0.5
        for (ja, en), value in forward.items()
        if _JAPANESE.fullmatch(ja)
    }
    strong = sorted((-round(value, 3), ja, en) for (ja, en), value in weights.items() if value >= _LEAST_WEIGHT)
    n_ja: Counter[str] = Counter()
    n_en: Counter[str] = Counter()
    kept: dict[tuple[str, str], float] = {}
    for negative, ja, en in strong:
        if n_ja[ja] < _MOST_TRANSLATIONS or n_en[en] < _MOST_TRANSLATIONS:
            kept[ja, en] = -negative
            n_ja[ja] += 1
            n_en[en] += 1
    chapters: dict[tuple[str, str], set[str]] = {key: set() for key in kept}
    for pair in pairs:
        for ja in pair.ja:
            for en in pair.en:
                if (ja, en) in chapters:
                    chapters[ja, en].add(pair.chapter)
    return [
        Pair(ja, en, weight, next(iter(chapters[ja, en])) if len(chapters[ja, en]) == 1 else "")
        for (ja, en), weight in sorted(kept.items())
    ]


def _sentences(en: str, ja: str) -> Iterator[tuple[str, str]]:
    texts = [_FORMULA.sub(" ", text) for text in (en, ja)]
    split = [[text[start:end] for start, end in sentence_spans(text)] for text in texts]
    if len(split[0]) == len(split[1]):
        yield from zip(*split, strict=True)
    else:
        yield texts[0], texts[1]


def _terms(text: str, *kinds: re.Pattern[str]) -> tuple[str, ...]:
    found = (term for term in plain_terms(text) if not term.endswith("*"))
    return tuple(dict.fromkeys(term for term in found if any(kind.fullmatch(term) for kind in kinds)))


def _model_1(sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> dict[tuple[str, str], float]:
    """Probability of a target term given a source term, by expectation maximisation (Brown et al. 1993, eq. 17)."""
    source_numbers, target_numbers = _numbered(sources), _numbered(targets)
    n_targets = len(target_numbers)
    codes: list[NDArray[np.int64]] = []
    positions: list[NDArray[np.int64]] = []  # which target position a possible link belongs to
    n_positions = 0
    for source, target in zip(sources, targets, strict=True):
        here = np.array([0, *(source_numbers[word] for word in source)])  # 0 is the empty word
        there = np.array([target_numbers[word] for word in target]) - 1
        codes.append((here[None, :] * n_targets + there[:, None]).ravel())
        positions.append(np.repeat(np.arange(n_positions, n_positions + len(there)), len(here)))
        n_positions += len(there)
    position = np.concatenate(positions)
    links, link = np.unique(np.concatenate(codes), return_inverse=True)
    source_of, target_of = links // n_targets, links % n_targets
    probability = np.full(len(links), 1.0 / n_targets)
    for _ in range(_ITERATIONS):
        expected = probability[link]
        expected /= np.bincount(position, expected, minlength=n_positions)[position]
        counts = np.bincount(link, expected, minlength=len(links))
        totals = np.bincount(source_of, counts, minlength=len(source_numbers) + 1) + _UNSEEN
        probability = counts / totals[source_of]
    source_names, target_names = ["", *source_numbers], list(target_numbers)
    return {
        (source_names[source_of[i]], target_names[target_of[i]]): float(probability[i])
        for i in np.flatnonzero((probability > _LEAST_WEIGHT**2) & (source_of > 0))
    }


def _numbered(texts: Sequence[Sequence[str]]) -> dict[str, int]:
    """Every word with its number from 1 on."""
    return {word: number for number, word in enumerate(dict.fromkeys(w for text in texts for w in text), start=1)}


def main() -> None:
    """Learn from the built-in book, write the file, and say how large it is."""
    folder = Path(__file__).parent
    pairs = list(sentence_pairs(folder / "textbook"))
    learned = learn(pairs)
    lines = [HEADING, *(f"{pair.ja}\t{pair.en}\t{pair.weight:.3f}\t{pair.only}" for pair in learned)]
    write_atomically(folder / "lexicon.tsv", lambda file: file.write(("\n".join(lines) + "\n").encode()))
    print(f"{len(learned)} pairs of terms from {len(pairs)} pairs of sentences")


if __name__ == "__main__":
    main()
