"""One spelling for what can be typed in many: widths, signs, powers, LaTeX, number words."""

import re
import unicodedata

from agent.planning import latex, numerals

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉ᵢⱼₓ", "0123456789ijx")
_SUPERSCRIPT_RUN = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_SUBSCRIPT_RUN = re.compile(r"[₀₁₂₃₄₅₆₇₈₉ᵢⱼₓ]+")
# NFKC would turn "…" and "½" into other things than are meant, and knows nothing of minus signs.
_BEFORE = str.maketrans({
    "−": "-", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "﹣": "-", "－": "-", "⨯": "×", "✕": "×", "✖": "×",
    "╳": "×", "∗": "*", "＊": "*", "〜": "~", "～": "~", "∼": "~", "․": ".", "⋅": "·", "∙": "·", "•": "·", "・": "・",
    "µ": "μ", "∑": "Σ", "𝐒": "S", "⟨": "<", "⟩": ">", "〈": "<", "〉": ">", "\u200b": "", "\ufeff": "", "⁄": "/",
    "“": '"', "”": '"', "’": "'", "‘": "'", "\u00ad": "",
})  # fmt: skip
_AFTER = str.maketrans({"⁄": "/", "∕": "/", "ϕ": "φ"})
_LONG_VOWEL_AS_MINUS = re.compile(r"(?<=[=(])\s*ー\s*(?=\d)")
_TIMES = re.compile(r"(?<=\d)\s*(?:[×*]|x(?![A-Za-z])|X(?![A-Za-z])|-?by-?(?=\s*\d)|かける|掛ける|掛け)\s*(?=\d)")
_POWER = re.compile(r"(\d)\s*\*\*\s*\(?([-+]?\d+)\)?")
# "1サイトあたり" is one word, "per site", and says nothing about a size.
_PER_ONE = re.compile(
    r"(?<![\d.])1\s*(?=(?:サイト|スピン|格子点|粒子|ボンド|ユニットセル)\s*(?:あたり|当たり|当り|につき|毎))"
)
# "0.5/1.0/1.5" is a list, "1/2" is a number.
_SLASHES = re.compile(r"(?<![\w./])\d+(?:\.\d+)?(?:\s?/\s?\d+(?:\.\d+)?){2,}(?![\w/])")
# The limits of a sum say nothing a Spec would take: "Σ_i=1^N" is "Σ_i".
_LIMITS = re.compile(r"(Σ_[A-Za-z,]+)=\s*\d+(?:\s*\^\s*\(?[A-Za-z0-9+-]+\)?)?")
# "1ステップ2000サンプル" says how many samples, not how many steps.
_EACH_STEP = re.compile(
    r"(?<![\d.])1\s*(?:ステップ|反復|イテレーション)\s*(?:あたり|当たり|につき|ごとに|毎に)?(?:の|に|、)?\s*(?=\d+\s*(?:サンプル|標本))"
)
# "from h=0.5 to h=1 in steps of 0.1" is "from h=0.5 to 1 in steps of 0.1"; without a step it is a change.
_NAMED_TWICE = re.compile(
    r"(?P<start>(?<![A-Za-z0-9_])(?P<name>[A-Za-zΑ-ω][\w/]*)\s*=\s*-?\d+(?:\.\d+)?\s*(?:to|から|~))\s*(?P=name)\s*=\s*"
    r"(?=-?\d+(?:\.\d+)?(?:\s*まで)?[\s,、(]*(?:in|with|を|で|の)?\s*(?:steps?|increments?|\d+(?:\.\d+)?\s*(?:刻み|ずつ|steps?)|\d+\s*points))"
)
# "twice the coupling" is "2 J".
_COUPLINGS = (
    r"\s+(?:the\s+|of\s+the\s+|to\s+the\s+|to\s+)?"
    r"(?:exchange\s+coupling|exchange|coupling(?:\s+constant)?|J)(?![A-Za-z0-9_])"
)
_MULTIPLE = re.compile(
    rf"\b(?P<en>twice|double|half(?:\s+of)?|three times|equal){_COUPLINGS}"
    r"|結合(?:定数)?の(?P<ja>半分|\d+(?:\.\d+)?\s*倍)",
    re.I,
)
_MULTIPLES = {"twice": "2", "double": "2", "three times": "3", "equal": "1", "半分": "0.5"}
_SCIENTIFIC = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)x10\s*\^\s*\(?([-+]?\d+)\)?")


def _in_couplings(match: re.Match[str]) -> str:
    said = " ".join((match["en"] or match["ja"]).lower().split())
    return f"{_MULTIPLES.get(said, '0.5' if said.startswith('half') else said.rstrip('倍 '))} J"


def normalise(text: str) -> str:
    """Normalise a question for reading; the words stay in their order and the case is kept.

    Full-width forms become ASCII (NFKC), 10⁹ becomes 10^9 and J₂ becomes J_2, the many minus and times signs
    become "-" and "x", LaTeX becomes plain text, number words and kanji numerals become digits where they count
    something, "1,000,000" and "a million" become 1000000, white space is single.
    """
    text = _SUPERSCRIPT_RUN.sub(lambda match: "^" + match[0].translate(_SUPERSCRIPTS), text)
    text = _SUBSCRIPT_RUN.sub(lambda match: "_" + match[0].translate(_SUBSCRIPTS), text)
    text = unicodedata.normalize("NFKC", text.translate(_BEFORE)).translate(_AFTER)
    text = text.translate(_BEFORE)
    text = latex.plain(text)
    text = _LONG_VOWEL_AS_MINUS.sub("-", text)
    text = _MULTIPLE.sub(_in_couplings, text)
    text = numerals.digits(text)
    text = _POWER.sub(r"\1^\2", text)
    text = _TIMES.sub("x", text)
    text = _LIMITS.sub(r"\1", text)
    text = _SLASHES.sub(lambda match: match[0].replace("/", ", "), text)
    text = _NAMED_TWICE.sub(r"\g<start> ", text)
    text = _SCIENTIFIC.sub(r"\1e\2", text)
    text = _EACH_STEP.sub("", _PER_ONE.sub("", text))
    return " ".join(text.split())
