"""How a Hamiltonian is written in a question: which operators, which sign, which factor in front of the sum."""

import re
from dataclasses import dataclass

_OPERATOR = r"(?:σ|[Ss]igma|τ|S|s)"
_INDEX = r"(?:\s*[_^](?:[A-Za-z0-9+,]+|\([^)]*\)))*"
_ONE = re.compile(
    rf"(?<![A-Za-z])(?P<a>{_OPERATOR}){_INDEX}\s*(?P<dot>·|・|\.|\*|\bdot\b)?\s*(?P<b>{_OPERATOR}){_INDEX}(?![A-Za-z])"
)
_ZZ = re.compile(rf"(?<![A-Za-z])Z{_INDEX}\s*[·*]?\s*Z{_INDEX}(?![A-Za-z])")
_COMPONENT = re.compile(r"\^\(?[xyz]|_\(?[xyz]\b|[xyz]_|_[ij]?[xyz]")
_SUM = r"(?:Σ|\b[Ss]um\b)"
_MINUS = re.compile(rf"-\s*(?:\d+(?:\.\d+)?\s*)?(?:\|?J_?1?\|?\s*)?(?:/\s*\d+\s*)?[()\[]?\s*{_SUM}")
_FACTOR = re.compile(
    rf"(?:(?<![A-Za-z0-9_.])(?P<times>\d+(?:\.\d+)?)\s*\*?\s*J?_?1?\s*|\(?\s*(?:J_?1?|1)\s*/\s*(?P<over>\d+)\s*\)?\s*\*?\s*(?:J_?1?)?\s*)(?P<sum>{_SUM})(?P<index>[_\s]*\S*)"
)
_TWICE = re.compile(r"_?\(?(?:i\s*≠\s*j|i\s*!=\s*j|i\s*,\s*j|ij|i\s+j)\)?")
_BRACKET = re.compile(r"_?\s*\(?\s*<")
_PAULI = re.compile(r"\bpauli\b|パウリ", re.I)
_SPIN = re.compile(r"\bspin[\s-](?:1/2\s+|half\s+)?operators?\b|スピン演算子", re.I)
_FERRO = re.compile(
    r"(?<!anti)(?<!anti-)(?<!anti )(?<![A-Za-z])ferro(?:-?magnet\w*)?(?![A-Za-z])"
    r"|(?<!反)強磁性|(?<![A-Za-z])FM(?![A-Za-z])",
    re.I,
)
_ANTI = re.compile(r"anti-?\s?ferro(?:-?magnet\w*)?(?![A-Za-z])|反強磁性|(?<![A-Za-z])AFM?(?![A-Za-z])", re.I)


@dataclass(frozen=True)
class Written:
    """What was found.

    Attributes:
        forms: Operator products, "σ·σ", "S·S", "σσ", "SS", with "-" in front under a minus sign;
            "ferromagnet"; "antiferromagnet".
        factor: The number in front of the coupling, 1 where there is none.
        factor_text: The words it was read from.
        twice: Whether the sum counts every bond twice.
        unread: A number in front of another sum than the first, which nothing here can tell the meaning of.
    """

    forms: tuple[str, ...] = ()
    factor: float = 1.0
    factor_text: str = ""
    twice: bool = False
    unread: str = ""


def written_hamiltonian(text: str) -> Written:
    """Find the operators and factors of a Hamiltonian in a normalised text."""
    forms = []
    for match in _ONE.finditer(text):
        kinds = ["σ" if match[name].lower() in ("σ", "sigma", "τ") else "S" for name in ("a", "b")]
        if kinds[0] != kinds[1] or (match["dot"] is None and match[0].replace(" ", "") in ("SS", "ss", "ssigma")):
            continue
        component = _COMPONENT.search(match[0]) is not None
        form = kinds[0] + ("" if component else "·") + kinds[0]
        term = re.split(r"[+=;,]", text[: match.start()])[-1]
        forms.append(("-" if _MINUS.search(term) else "") + form)
    for match in _ZZ.finditer(text):
        forms.append(("-" if _MINUS.search(re.split(r"[+=;,]", text[: match.start()])[-1]) else "") + "σσ")
    spins = [form for form in forms if "S" in form]
    if _PAULI.search(text) and not spins:
        forms += ["σ·σ"]
    if _SPIN.search(text) and not forms:
        forms += ["S·S"]
    if _FERRO.search(text):
        forms.append("ferromagnet")
    if _ANTI.search(text):
        forms.append("antiferromagnet")
    factor, words, twice, unread = 1.0, "", False, ""
    sums = [match.start() for match in re.finditer(_SUM, text)]
    for found in _FACTOR.finditer(text):
        if found.start("sum") != sums[0]:
            # The factor of a later sum is that of another term: what it multiplies is not known here.
            unread = unread or found[0].strip(" ,.")
            continue
        factor = float(found["times"]) if found["times"] else 1.0 / float(found["over"])
        words = found[0].strip()
        index = found["index"]
        twice = factor == 0.5 and not _BRACKET.match(index) and _TWICE.match(index.strip("_ ")) is not None
    return Written(tuple(dict.fromkeys(forms)), factor, words, twice, unread)
