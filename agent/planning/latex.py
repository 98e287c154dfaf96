"""LaTeX as people paste it into a question, rewritten as plain text with Greek letters."""

import re

from agent.planning.phrases import phrases

_LETTERS = phrases(
    "alpha α|beta β|gamma γ|delta δ|epsilon ε|varepsilon ε|zeta ζ|eta η|theta θ|kappa κ|lambda λ|mu μ|nu ν|xi ξ|pi π|"
    "rho ρ|sigma σ|tau τ|phi φ|varphi φ|chi χ|psi ψ|omega ω|Gamma Γ|Delta Δ|Theta Θ|Lambda Λ|Xi Ξ|Pi Π|Sigma Σ|Phi Φ|"
    "Psi Ψ|Omega Ω|hbar ħ|ell l"
)
_COMMANDS = dict(pair.split(" ") for pair in _LETTERS) | {
    "sum": "Σ", "cdot": "·", "cdots": "...", "dots": "...", "ldots": "...", "times": "×", "infty": "∞", "to": "→",
    "rightarrow": "→", "langle": "<", "rangle": ">", "leq": "<=", "geq": ">=", "le": "<=", "ge": ">=", "neq": "≠",
    "ne": "≠", "pm": "±", "approx": "≈", "simeq": "≈", "quad": " ", "qquad": " ", "ket": "", "bra": "",
}  # fmt: skip
_DROPPED = (
    "mathbf|boldsymbol|bm|vec|hat|mathrm|mathcal|text|textrm|textbf|textit|operatorname|rm|bf|left|right|big|Big|"
    "bigl|bigr|displaystyle|tilde|bar|mathsf|mathbb|limits"
)
_ARGUMENT = r"\s*(?:\{([^{}]*)\}|([A-Za-z0-9]))"
_FRACTION = re.compile(rf"\\[dt]?frac{_ARGUMENT}{_ARGUMENT}")
_DROP = re.compile(rf"\\(?:{_DROPPED})(?![A-Za-z])\s*")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_SPACING = re.compile(r"\\[,;:!> ]|~|\\\\|\\[()\[\]]|\$")
_INDEX = re.compile(r"([_^])\{([^{}]*)\}")


def plain(text: str) -> str:
    r"""Rewrite LaTeX as plain text: ``J\sum_{\langle ij\rangle} \mathbf{S}_i\cdot\mathbf{S}_j`` -> ``JΣ_<ij> S_i·S_j``.

    Text without a backslash or dollar sign only loses the braces of its indices.
    """
    if "\\" in text or "$" in text:
        for _ in range(3):  # nested fractions
            text = _FRACTION.sub(_fraction, text)
        text = _DROP.sub("", text)
        text = _SPACING.sub(" ", text)
        text = _COMMAND.sub(lambda match: _COMMANDS.get(match[1], match[1]), text)
        text = _index(text)
        text = re.sub(r"\{([^{}]*)\}(?=[_^·\s]|$)", r"\1", text)
    if "{" in text:
        text = _index(text)
    return text


def _fraction(match: re.Match[str]) -> str:
    r"""``\frac{1}{2}`` and ``\frac12`` alike."""
    return f"{match[1] or match[2] or ''}/{match[3] or match[4] or ''}"


def _index(text: str) -> str:
    return _INDEX.sub(lambda match: match[1] + match[2].replace(" ", ""), text)
