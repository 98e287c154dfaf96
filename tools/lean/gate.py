"""The source gate: what a statement or a proof may not contain, whatever Lean says about it.

Lean's kernel checks what a proof *is*, not what was done to Lean on the way: a local instance that makes ``+`` mean
``*`` passes the compiler, the kernel and ``#print axioms``. A proof is one term here, so it needs none of the words
below. The gate is one of several layers (see ``command`` and ``verdict``); it works on normalised text, the inside of
strings included.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from physics_engines.text import Text

Weight = Literal["forbidden", "incomplete", "trusts_compiler"]


@dataclass(frozen=True)
class Finding:
    """Something the gate objects to.

    Attributes:
        weight: "forbidden" is never sent to Lean, for elaborating it may run code; "incomplete" (a gap in the proof)
            and "trusts_compiler" (the kernel did not do the work) are sent, but cannot rise to L3.
        found: The text objected to.
        reason: Why, in one sentence.
    """

    weight: Weight
    found: str
    reason: Text


_REASONS: dict[str, tuple[Weight, Text, str]] = {
    "gap": (
        "incomplete",
        Text(en="it leaves a gap in the proof", ja="証明に穴を残します"),
        "sorry sorryAx admit stop apply? exact? rw? rw?? rewrites? have? refine? observe? hint rw_search",
    ),
    "compiler": (
        "trusts_compiler",
        Text(en="it trusts the compiler instead of the kernel", ja="カーネルではなくコンパイラを信用します"),
        "native_decide bv_decide native ofReduceBool ofReduceNat reduceBool reduceNat trustCompiler",
    ),
    "assumption": (
        "forbidden",
        Text(en="it brings in an assumption of its own", ja="独自の仮定を持ち込みます"),
        "axiom opaque unsafe unsafeCast partial implemented_by extern csimp lcProof lcUnreachable lcAny",
    ),
    "declaration": (
        "forbidden",
        Text(en="a proof is one term and declares nothing beside it", ja="証明は一つの項であり、他の宣言を含みません"),
        "theorem lemma def abbrev example instance class structure inductive coinductive mutual namespace section end "
        "variable universe include omit export import prelude public private protected noncomputable "
        "nonrec local attribute deriving alias initialize builtin_initialize suppress_compilation irreducible_def "
        "unseal seal grind_pattern library_note add_decl_doc add_aesop_rules erase_aesop_rules",
    ),
    "syntax": (
        "forbidden",
        Text(en="it changes what the text means", ja="文の意味そのものを変えます"),
        "notation notation3 infix infixl infixr prefix postfix macro macro_rules syntax declare_syntax_cat elab "
        "elab_rules binder_predicate unif_hint simproc dsimproc simproc_decl dsimproc_decl builtin_simproc "
        "register_simp_attr declare_aesop_rule_sets",
    ),
    "metaprogram": (
        "forbidden",
        Text(en="it runs a program inside Lean", ja="Leanの中でプログラムを実行します"),
        "run_cmd run_elab run_meta run_tac by_elab meta modifyEnv setEnv addDecl addAndCompile evalDecl unsafeIO "
        "unsafeBaseIO include_str dbg_trace dbgTrace",
    ),
}
_WORDS = {word: (weight, reason) for weight, reason, words in _REASONS.values() for word in words.split()}
# Refused in every component of a dotted name; the others only as a word by itself, for List.prefix is a fine name.
_IN_NAMES = frozenset(
    {"sorryAx", "ofReduceBool", "ofReduceNat", "reduceBool", "reduceNat", "trustCompiler", "unsafeCast", "lcProof"}
    | {"lcUnreachable", "lcAny", "modifyEnv", "setEnv", "addDecl", "addAndCompile", "evalDecl", "unsafeIO"}
    | {"unsafeBaseIO", "dbgTrace"}
)
# Distinctive enough to be refused wherever the letters stand, so that no detail of tokenisation lets them through.
_ANYWHERE = re.compile(r"sorry|native_decide|implemented_by|run_tac|run_cmd|run_elab|run_meta|by_elab|macro_rules")
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"@\["), "declaration"),
    (
        re.compile(
            r"#(?:eval|exec|print|check|reduce|exit|synth|guard|find|where|help|lint|simp|norm_num)(?:_\w+)?\b!?"
        ),
        "metaprogram",
    ),
    (re.compile(r"(?<![\w.])(?:IO|System|Lean)\.\w+"), "metaprogram"),
    (re.compile(r"(?<![\w.'])open(?![\w'!?])(?![^\n]*\bin\b)[^\n]*"), "declaration"),
)
_TOKEN = re.compile(
    r"0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
    r"|([A-Za-z_][A-Za-z0-9_'!?]*(?:\.[A-Za-z0-9_'!?]+)*)"
)
_OPTION = re.compile(r"\bset_option\b\s*([\w.]*)\s*(\S*)\s*(\w*)")
_HARMLESS_OPTIONS = frozenset(
    {"maxHeartbeats", "maxRecDepth", "synthInstance.maxHeartbeats", "synthInstance.maxSize", "exponentiation.threshold"}
)
_OPTION_REASON = Text(en="it changes how Lean checks", ja="Leanの検査の仕方を変えます")
_CHARACTER_REASON = Text(
    en="the character is invisible, or looks like another one", ja="目に見えない文字、または別の文字に見える文字です"
)
# The scripts Lean takes for letters, and the raised and lowered ones of mathematical notation.
_LETTER_NAME = re.compile(
    r"LATIN |GREEK |MATHEMATICAL |DOUBLE-STRUCK |SCRIPT |BLACK-LETTER |MODIFIER LETTER |SUPERSCRIPT |SUBSCRIPT "
    r"|ALEF SYMBOL|PLANCK CONSTANT|FEMININE ORDINAL|MASCULINE ORDINAL"
)
_LATIN_TWINS = frozenset("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο")


def inspect(text: str) -> tuple[Finding, ...]:
    """Everything the gate objects to in a normalised text, each thing once, the gravest first."""
    order: tuple[Weight, ...] = ("forbidden", "trusts_compiler", "incomplete")
    found = dict.fromkeys([*_characters(text), *_words(text), *_patterns(text), *_options(text)])
    return tuple(sorted(found, key=lambda finding: order.index(finding.weight)))


def _words(text: str) -> Iterator[Finding]:
    for match in _TOKEN.finditer(text):
        name = match[1] or ""
        for word in [name] + [part for part in name.split(".") if part in _IN_NAMES]:
            if word in _WORDS:
                weight, reason = _WORDS[word]
                yield Finding(weight, word, reason)
    for match in _ANYWHERE.finditer(text):
        weight, reason = _WORDS[match.group()]
        yield Finding(weight, match.group(), reason)


def _patterns(text: str) -> Iterator[Finding]:
    for pattern, kind in _PATTERNS:
        weight, reason, _ = _REASONS[kind]
        yield from (Finding(weight, match.group(), reason) for match in pattern.finditer(text))


def _options(text: str) -> Iterator[Finding]:
    for match in _OPTION.finditer(text):
        name, value, ending = match.groups()
        if name not in _HARMLESS_OPTIONS or not value.isdecimal() or ending != "in":
            yield Finding("forbidden", f"set_option {name}".rstrip(), _OPTION_REASON)


def _characters(text: Iterable[str]) -> Iterator[Finding]:
    for char in text:
        if not _is_plain(char):
            yield Finding("forbidden", f"U+{ord(char):04X}", _CHARACTER_REASON)


def _is_plain(char: str) -> bool:
    if char == "\n" or " " <= char <= "~":
        return True
    category = unicodedata.category(char)
    if category[0] in "CZM" or char in _LATIN_TWINS:
        return False
    return category[0] != "L" or _LETTER_NAME.match(unicodedata.name(char, "")) is not None
