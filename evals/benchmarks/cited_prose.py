"""How well prose is held to its passages: python evals/benchmarks/cited_prose.py [PASSAGES] prints shares kept.

Sentences of the textbook stand for a model's: as they are, with another passage's key, negated, with a number changed,
and beside the other language's version of their section (an honest paraphrase across languages). A sentence that lost
what stands behind its last comma or in brackets is an honest shorter one; one that says more is "only if" as "if",
"may" as "always", or a symbol of the passage in another's place.
"""

import random
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from knowledge import check_prose
from knowledge.ingest.sentences import sentence_spans
from knowledge.library import Library
from knowledge.model import TEXTBOOK
from knowledge.store import Store

_REACHING = (
    (r"\bonly if\b", "if"),
    (r"\b(?:may|might|can sometimes)\b", "will always"),
    (r"\b(?:often|usually|sometimes|typically)\b", "always"),
    (r"(?:場合がある|ことがある|ことが多い)", "必ずそうなる"),
    (r"場合(?:に)?(?:のみ|だけ|に限り)", "場合に"),
)
_JA_NEGATED = {"である": "ではない。", "する": "しない。"}


def main() -> None:
    n_passages = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    rng = random.Random(1)
    kept: dict[str, list[bool]] = defaultdict(list)

    def check(kind: str, sentence: str, source: str) -> None:
        keyed = f"{sentence[:-1]} [E1]{sentence[-1]}"
        kept[kind].append(not check_prose(keyed, {"E1": source}, "").dropped)

    with tempfile.TemporaryDirectory() as home:
        Library.open(Path(home))
        with Store(Path(home, "library", "library.sqlite")).reading() as reader:
            numbers = reader.prose_of_book(TEXTBOOK)
            rng.shuffle(numbers)
            passages = list(reader.passages(numbers[:n_passages]).values())
            for passage in passages:
                parts = [passage.text[start:end] for start, end in sentence_spans(passage.text)]
                sentences = [part for part in parts if len(part) > 40 and "$$" not in part]
                if not sentences:
                    continue
                sentence, language = rng.choice(sentences), passage.language
                check(f"verbatim, {language}", sentence, passage.text)
                others = [p for p in passages if p.language == language and p.chapter_id != passage.chapter_id]
                check(f"another passage's key, {language}", sentence, rng.choice(others).text)
                if language == "en":
                    negated = re.sub(r" is ", " is not ", sentence, count=1)
                else:
                    negated = re.sub(r"(である|する)。$", lambda match: _JA_NEGATED[match[1]], sentence)
                if negated != sentence:
                    check(f"negated, {language}", negated, passage.text)
                changed = re.sub(r"(?<![\w$\\{^])\d(?![\w$}])", lambda match: str((int(match[0]) + 3) % 10), sentence)
                if changed != sentence:
                    check(f"a number changed, {language}", changed, passage.text)
                shorter = re.sub(r"\s*[(（][^()（）]*[)）]", "", sentence)
                shorter = re.sub(r"^(.{30,})(?:, |、)[^,、]*([.。])$", r"\1\2", shorter)
                if shorter != sentence:
                    check(f"shorter, {language}", shorter, passage.text)
                for pattern, stronger in _REACHING:
                    said = re.sub(pattern, stronger, sentence, count=1)
                    if said != sentence:
                        check(f"says more, {language}", said, passage.text)
                symbols = sorted({match[0] for match in re.finditer(r"\$[A-Za-z]\$", passage.text)})
                used = [symbol for symbol in symbols if symbol in sentence]
                free = [symbol for symbol in symbols if symbol not in sentence]
                if used and free:
                    swapped = sentence.replace(rng.choice(used), rng.choice(free))
                    check(f"another symbol, {language}", swapped, passage.text)
                if passage.number:
                    other = reader.section_in_language(passage.section_key, "ja" if language == "en" else "en")
                    check(f"beside its translation, {language}", sentence, "\n".join(item.text for item in other))
    for kind, found in sorted(kept.items()):
        print(f"{kind:<28} kept {sum(found):4d} of {len(found):4d}  {sum(found) / len(found):.3f}")


if __name__ == "__main__":
    main()
