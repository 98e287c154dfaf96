"""The evidence ledger: what an answer may stand on, by id.

Three kinds exist and no fourth: *computed* (an engine, through a tool), *cited* (a verbatim span of the
library) and *proved* (the proof tool). Prose refers to an entry as ``[E1]``.
"""

from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ConfigDict

from physics_engines.estimate import Estimate, Exactness
from physics_engines.text import Language
from tools.base import EvidenceKind
from tools.result import Proof, Quote, Result


class Evidence(BaseModel):
    """One entry of the ledger."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str
    kind: EvidenceKind
    label: str
    """What it is, in the language of the answer: "energy per site", "A5 §2 Restricted Boltzmann machines"."""
    source: str
    """The tool for computed and proved entries; the document of a cited one."""
    run_id: str
    value: float | None = None
    error: float | None = None
    unit: str = ""
    exactness: Exactness | None = None
    quote: str | None = None
    span: tuple[int, int] | None = None
    """Character range of the quote in the document."""
    context: str = ""
    """The passage the quote stands in, where a model writes from it."""
    system: str = ""
    """What was computed: model, lattice and boundary of the call."""
    method: str = ""
    convention: str = ""
    flags: tuple[str, ...] = ()
    tau_int: float | None = None
    r_hat: float | None = None
    n_eff: float | None = None
    headline: bool = True
    """Whether the answer states it in words, or only lists it."""
    statement: str | None = None
    verdict: str | None = None

    @property
    def told(self) -> str:
        """What a cited entry says: the quotation and the passage around it."""
        return f"{self.quote or ''}\n{self.context}".strip()

    def shown(self) -> str:
        """The entry as it stands in a sentence: value(error) with unit, or the statement proved."""
        if self.value is not None:
            return f"{format_value(self.value, self.error)} {self.unit}".rstrip()
        return self.statement or self.quote or ""


class Ledger:
    """Evidence by id, numbered E1, E2, … in the order it came in."""

    def __init__(self, entries: Iterable[Evidence] = ()) -> None:
        self._entries = {entry.id: entry for entry in entries}

    def __iter__(self) -> Iterator[Evidence]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, evidence_id: str) -> Evidence | None:
        """The entry with this id, or None."""
        return self._entries.get(evidence_id)

    def add_result(
        self, tool: str, result: Result, run_id: str, language: Language, distinguished_by: str = ""
    ) -> None:
        """Enter all estimates, quotes and proofs of one tool result.

        Args:
            tool: Name of the tool.
            result: Its result.
            run_id: The run it belongs to.
            language: Language of the labels.
            distinguished_by: What tells this call from others of the same tool ("size = 6"); goes into the labels.
        """
        for name, estimate in result.estimates.items():
            headline = not result.headline or name in result.headline
            entry = _computed(estimate, tool, run_id, language, self._next_id(), headline)
            if result.reading is not None:
                entry = entry.model_copy(update={"system": result.reading.in_language(language)})
            if distinguished_by:
                entry = entry.model_copy(update={"label": f"{entry.label} ({distinguished_by})"})
            self._add(entry)
        for quote in result.quotes:
            self._add(_cited(quote, run_id, self._next_id()))
        for proof in result.proofs:
            self._add(_proved(proof, tool, run_id, self._next_id()))

    def _next_id(self) -> str:
        return f"E{len(self._entries) + 1}"

    def _add(self, entry: Evidence) -> None:
        self._entries[entry.id] = entry


def format_value(value: float, error: float | None) -> str:
    """``-0.70174(9)`` with the error in units of the last digits (PDG rounding); exact values to ten digits."""
    if error:
        from uncertainties import ufloat

        text = f"{ufloat(value, error):S}"
    else:
        text = f"{value:.10g}"
    return text.replace("-", "−") if text.startswith("-") else text


def _computed(
    estimate: Estimate, tool: str, run_id: str, language: Language, evidence_id: str, headline: bool
) -> Evidence:
    return Evidence(
        id=evidence_id,
        kind="computed",
        label=estimate.label.in_language(language),
        source=tool,
        run_id=run_id,
        value=estimate.value,
        error=estimate.error,
        unit=estimate.unit,
        exactness=estimate.exactness,
        method=estimate.method.in_language(language),
        convention=estimate.convention.in_language(language) if estimate.convention else "",
        flags=estimate.flags,
        tau_int=estimate.tau_int,
        r_hat=estimate.r_hat,
        n_eff=estimate.n_eff,
        headline=headline,
    )


def _cited(quote: Quote, run_id: str, evidence_id: str) -> Evidence:
    return Evidence(
        id=evidence_id,
        kind="cited",
        label=quote.chapter if quote.section in quote.chapter else f"{quote.chapter} {quote.section}",
        source=quote.document,
        run_id=run_id,
        quote=quote.text,
        span=(quote.start, quote.end),
        context=quote.context,
    )


def _proved(proof: Proof, tool: str, run_id: str, evidence_id: str) -> Evidence:
    return Evidence(
        id=evidence_id,
        kind="proved",
        label=proof.verdict,
        source=tool,
        run_id=run_id,
        statement=proof.statement,
        verdict=proof.verdict,
        method=f"Lean {proof.lean_version}".strip(),
    )
