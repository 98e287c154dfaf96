"""Prose about passages: every sentence names the passages it stands on, and those that do not stand are dropped."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.cite.support import unsupported
from knowledge.index.glossary import Glossary
from knowledge.index.tokens import words_of
from knowledge.ingest.sentences import sentence_spans

_KEYS = r"\[\s*[A-Z]\d+(?:\s*[,;]\s*[A-Z]\d+)*\s*\]"
_MARK = re.compile(_KEYS)
_MARK_BEHIND = re.compile(rf"(?<=\S)([.!?。！？]+)([ \t]*(?:{_KEYS}[ \t]*,?[ \t]*)+)")
_LEANS = re.compile(
    r"\s*(?:this|these|that|those|it|its|they|their|such|he|she|here|then|hence|therefore|thus|so|but|however|the same|"
    r"both|also|moreover|これ|この|その|それ|ここ|すなわち|つまり|したがって|よって|ゆえに|しかし|ただし|また|さらに|そこで|同じ)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Dropped:
    """A sentence that was left out, and why."""

    sentence: str
    reason: str


@dataclass(frozen=True)
class CheckedProse:
    """What is left of a piece of prose.

    Attributes:
        text: The sentences nothing speaks against.
        dropped: The others.
        keys: Keys of the passages that are still named.
    """

    text: str
    dropped: tuple[Dropped, ...]
    keys: tuple[str, ...]


def check_prose(
    prose: str,
    sources: Mapping[str, str],
    question: str,
    other_keys: Collection[str] = (),
    needs_key: bool = True,
    removed: str = "",
) -> CheckedProse:
    """Drop the sentences that name no passage, an unknown one, or one that does not say what they say.

    Args:
        prose: Sentences with keys such as ``[E1]`` in or right behind them. Lines that begin with ">" are left alone.
        sources: The retrieved passages by key, each with its heading.
        question: The question the prose answers.
        other_keys: Keys of other evidence; a sentence that names one is somebody else's to check.
        needs_key: Whether a sentence without a key is dropped.
        removed: A mark of something taken out before; a sentence with it is dropped.
    """
    lines: list[str] = []
    dropped: list[Dropped] = []
    before_was_dropped = False
    for paragraph in _paragraphs(prose):
        if paragraph.lstrip().startswith(">"):
            lines.append(paragraph)
            continue
        text = _MARK_BEHIND.sub(_mark_inside, paragraph)
        kept, last = "", 0
        for start, end in sentence_spans(text):
            sentence = text[start:end]
            reason = _fault(sentence, sources, question, other_keys, needs_key, removed)
            if not reason and before_was_dropped and _LEANS.match(_MARK.sub("", sentence)):
                reason = "it goes on from a sentence that was left out"
            before_was_dropped = bool(reason)
            if reason:
                dropped.append(Dropped(sentence, reason))
            else:
                kept += text[last:start] + sentence
            last = end
        if _MARK.sub("", kept).strip(" \t\n-*+0123456789.)、。,"):
            lines.append(kept.strip())
    text = "\n\n".join(lines)
    named = dict.fromkeys(key for mark in _MARK.findall(text) for key in re.findall(r"[A-Z]\d+", mark))
    return CheckedProse(text, tuple(dropped), tuple(key for key in named if key in sources))


def _fault(
    sentence: str,
    sources: Mapping[str, str],
    question: str,
    other_keys: Collection[str],
    needs_key: bool,
    removed: str,
) -> str:
    if removed and removed in sentence:
        return "a part of it was taken out"
    keys = [key for mark in _MARK.findall(sentence) for key in re.findall(r"[A-Z]\d+", mark)]
    if not keys:
        return "it names no passage" if needs_key else ""
    unknown = [key for key in keys if key not in sources and key not in other_keys]
    if unknown:
        return f"{unknown[0]} is no passage that was retrieved"
    if any(key in other_keys for key in keys):
        return ""
    bare = re.sub(r"\s+([.,;:!?])", r"\1", _MARK.sub("", sentence))
    return unsupported(bare, [sources[key] for key in dict.fromkeys(keys)], question, _glossary())


def _mark_inside(match: re.Match[str]) -> str:
    """ "… network. [E1]" -> "… network [E1]." """
    return f" {match[2].strip().rstrip(',')}{match[1]} "


def _paragraphs(prose: str) -> Iterator[str]:
    """Paragraphs, with the lines of a quotation in one piece and each item of a list by itself."""
    for block in re.split(r"\n[ \t]*\n", prose.strip()):
        if block.lstrip().startswith(">"):
            yield block
        else:
            yield from re.split(r"\n(?=[ \t]*(?:[-*+]|\d+[.)])[ \t]|>)", block)


@lru_cache(maxsize=1)
def _glossary() -> Glossary:
    return Glossary.read(Path(__file__).parents[1] / "glossary.tsv", words_of)
