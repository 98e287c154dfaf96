"""The evidence of an answer as rows of text, for the terminal and for Markdown alike."""

import re
from collections.abc import Collection, Iterable

from agent.evidence import Evidence, Ledger
from physics_engines.text import Language

_JAPANESE = {
    "computed": "計算", "cited": "引用", "proved": "証明", "exact": "厳密値", "upper bound": "変分上界",
    "stochastic": "統計的推定値", "fit": "フィット",
}  # fmt: skip


def evidence_rows(evidence: Iterable[Evidence], language: Language = "en") -> list[tuple[str, str, str, str]]:
    """Rows (id, kind, what it says and where from, how it was obtained)."""
    return [(entry.id, _word(entry.kind, language), _says(entry), _how(entry, language)) for entry in evidence]


def _word(word: str, language: Language) -> str:
    return _JAPANESE.get(word, word) if language == "ja" else word


def _says(entry: Evidence) -> str:
    if entry.kind == "computed":
        return f"{entry.label}  {entry.shown()}"
    return _clipped(f"{_short_place(entry.label)}: “{entry.quote}”" if entry.kind == "cited" else entry.shown())


def _short_place(label: str) -> str:
    """ "A5 §2" where chapters and sections are numbered, the whole label elsewhere."""
    numbered = re.match(r"([A-Z]\d+) .*?(§\d+)", label)
    return f"{numbered[1]} {numbered[2]}" if numbered else label


def _clipped(text: str, width: int = 72) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def _how(entry: Evidence, language: Language = "en") -> str:
    if entry.kind == "cited" and entry.span is not None:
        return f"{entry.source}:{entry.span[0]}-{entry.span[1]}"
    kind = _word((entry.exactness or entry.verdict or "").replace("_", " "), language)
    parts = [entry.source, kind, entry.method]
    if entry.tau_int is not None:
        parts.append(f"τ_int {entry.tau_int:.2g}")
    if entry.r_hat is not None:
        parts.append(f"R̂ {entry.r_hat:.3f}")
    return " · ".join(part for part in [*parts, *entry.flags] if part)


def evidence_text(ledger: Collection[Evidence] | Ledger) -> str:
    """The ledger as a model reads it: one entry a line, each beginning with its mark; quotations in full."""
    lines = []
    for entry in ledger:
        said = entry.quote if entry.kind == "cited" else f"{entry.label} = {entry.shown()} ({_how(entry)})"
        where = entry.label if entry.kind == "cited" else entry.source
        lines.append(f"[{entry.id}] {entry.kind}, {where}: {said}")
    around: dict[str, list[str]] = {}
    for entry in ledger:
        if entry.context and entry.context != entry.quote:
            around.setdefault(entry.context, []).append(entry.id)
    lines += [f"The passage around [{', '.join(ids)}]: {' '.join(text.split())}" for text, ids in around.items()]
    return "\n".join(lines)
