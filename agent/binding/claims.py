"""What a sentence says a value is: a bound number is still a lie when it is called another quantity."""

import re

from agent.evidence import Evidence

# Other quantities, norms and units than the evidence has. A word that stands in the label of the entry is its own.
_OTHER_QUANTITY = re.compile(
    r"\b(?:(?:spin\s+|energy\s+|excitation\s+|mass\s+)?gap|(?:staggered\s+)?magneti[sz]ation|temperature|specific\s+heat|"
    r"susceptibility|entropy|correlation(?:\s+(?:function|length))?|critical\s+(?:field|point|temperature|exponent)|stiffness|"
    r"velocity|fidelity|overlap|excited[\s-]state|order\s+parameter|entanglement)\b"
    r"|ギャップ|磁化|温度|比熱|帯磁率|感受率|エントロピー|相関(?:関数|長)|臨界|剛性|忠実度|励起|秩序変数",
    re.IGNORECASE,
)
_OWN_QUANTITY = re.compile(
    r"\b(?:energy|energies|variance|V-score|distance|error|uncertainty|bound|deviation|difference|ratio|accuracy)\b"
    r"|エネルギー|分散|相対差|誤差|上界|差|精度",
    re.IGNORECASE,
)
_OTHER_NORM = re.compile(
    r"\bper\s+(?:bond|link|unit\s+cell|plaquette|dimer)\b|\btotal\s+(?:ground[\s-]state\s+)?energy\b"
    r"|ボンド(?:1つ)?(?:あたり|当たり)|全エネルギー|総エネルギー",
    re.IGNORECASE,
)
# Systems and qualities that the evidence must have itself; "exact" is kept for what is exact.
_OTHER_SYSTEM = re.compile(
    r"\b(?:kagom[eé]|triangular|honeycomb|hexagonal|pyrochlore|cubic|ladder|Hubbard|XXZ|XY|Kitaev|Potts|spin[\s-](?:1|one)(?![\w/])|"
    r"lower\s+bound|Monte\s+Carlo\s+estimate|DMRG|experiment(?:al)?|infinite\s+(?:lattice|chain|system)|thermodynamic\s+limit|"
    r"(?<!anti)ferromagnet(?:ic)?)\b|カゴメ|三角格子|蜂の巣|ハニカム|ハバード|(?<!反)強磁性|下界|実験値|熱力学極限|無限系",
    re.IGNORECASE,
)
_EXACT = re.compile(r"\bexact(?:ly)?\b(?!\s+diagonali)|厳密", re.IGNORECASE)
_REFERENCE_END = re.compile(r"\[E\d+\]|[\ue000-\uf8ff]")
_UNIT = re.compile(
    r"\s?\$?\s?(?:\\,)?(%|％|per\s?cent\b|パーセント|meV|eV|keV|mK|K|kelvin|T|Tesla|GPa|MPa|nm|Hz|THz|cm\^?-1|kJ/mol|"
    r"hartree|Ha|Ry|t)(?![A-Za-z0-9_])"
)
_CLAUSE_BEGINS = re.compile(r"[.!?。！？;；:：、\n]|,(?!\d)|\b(?:and|but|while|whereas|unlike|because|which|so)\b")
_ASSERTED = re.compile(
    r"(?:\benergy|\benergies|\bgap|\bmagneti[sz]ation|\bvalue|\bresult|\banswer|エネルギー|ギャップ|磁化|値|結果|答え)"
    r"[^.,;。、；()（）\d=\ue000-\uf8ff]{0,40}?(?:\bis|\bare|\bwas|=|≈|\bequals?|\bto|\babout|は|が)\s*(?:about|exactly|roughly|約|ちょうど)?\s*\$?\s*$",
    re.IGNORECASE,
)


def names_another_quantity(text: str, start: int, end: int, entry: Evidence) -> bool:
    """Whether the clause around a value of the evidence says it is something else ("the gap is …", "… per bond").

    Args:
        text: The prose.
        start: Where the value stands.
        end: Where it ends.
        entry: The evidence it agrees with.
    """
    begins = [match.end() for match in _CLAUSE_BEGINS.finditer(text, 0, start)]
    before = text[begins[-1] if begins else 0 : start]
    ending = _CLAUSE_BEGINS.search(text, end)
    after = text[end : ending.start() if ending else len(text)]
    norm = _OTHER_NORM.search(before + " " + after)
    if norm and norm[0].lower() not in entry.label.lower():
        return True
    near = before[max((match.end() for match in _REFERENCE_END.finditer(before)), default=0) :]
    system = _OTHER_SYSTEM.search(near)
    if system and system[0].lower() not in f"{entry.label} {entry.method} {entry.system}".lower():
        return True
    if _EXACT.search(near) and entry.exactness not in ("exact", None) and not _EXACT.search(entry.label):
        return True
    other = _OTHER_QUANTITY.search(before)
    return bool(other and other[0].lower() not in entry.label.lower() and not _OWN_QUANTITY.search(before))


def foreign_unit(text: str, end: int, entry: Evidence) -> re.Match[str] | None:
    """The unit right after a value, where the evidence has another."""
    found = _UNIT.match(text, end)
    return found if found and found[1] != entry.unit else None


def is_asserted(text: str, start: int, end: int) -> bool:
    """Whether a number is said to be a result ("the energy is 4", "99 %"), not a size or a parameter."""
    return _ASSERTED.search(text[:start]) is not None or _UNIT.match(text, end) is not None
