"""Words that speak for several of these tools: which of them is meant follows from what is asked for."""

from collections.abc import Mapping

from physics_engines.nqs.words.ground_state import ANSATZ

Words = Mapping[str, tuple[str, ...]]

VARIATIONAL: Words = {"en": ("variational", "variationally"), "ja": ("変分", "変分的に")}

NEURAL: Words = {
    "en": ("neural quantum state", "neural quantum states", "neural network", "neural networks", "nqs"),
    "ja": ("ニューラル量子状態", "ニューラルネットワーク"),
}

_NAMES = tuple(name for names in ANSATZ.values.values() for name in names)

TRAINED: Words = {
    "en": (
        *_NAMES,
        "rbm",
        "restricted boltzmann machine",
        "boltzmann machine",
        "train",
        "optimise",
        "optimize",
        "vmc",
        "variational monte carlo",
    ),
    "ja": ("制限ボルツマンマシン", "制限付きボルツマンマシン", "変分モンテカルロ", "学習させて", "学習させる"),
}
"""The ansätze by name, and what is done to them."""

ENERGY: Words = {"en": ("ground-state energy",), "ja": ("基底エネルギー",)}

SPREAD: Words = {"en": ("energy variance", "v-score"), "ja": ("エネルギー分散", "vスコア")}
"""The variance of the energy and what is made of it."""

EXACT: Words = {"en": ("exact", "exactly"), "ja": ("厳密", "厳密に")}

GAP: Words = {
    "en": (
        "excited state",
        "excited states",
        "first excited state",
        "first excited",
        "lowest excited state",
        "energy gap",
        "spin gap",
        "gap",
        "excitation energy",
        "excitation gap",
        "triplet excitation",
        "singlet-triplet gap",
        "lowest triplet",
    ),
    "ja": (
        "励起状態",
        "第一励起状態",
        "第一励起",
        "エネルギーギャップ",
        "スピンギャップ",
        "ギャップ",
        "励起エネルギー",
        "励起ギャップ",
    ),
}

ORDER: Words = {
    "en": (
        "correlation function",
        "correlation functions",
        "correlations",
        "correlator",
        "spin correlation",
        "spin correlations",
        "spin-spin correlation",
        "spin-spin correlations",
        "staggered magnetisation",
        "staggered magnetization",
        "staggered moment",
        "sublattice magnetisation",
        "sublattice magnetization",
        "magnetisation",
        "magnetization",
        "transverse magnetisation",
        "transverse magnetization",
    ),
    "ja": (
        "相関関数",
        "スピン相関",
        "スピン相関関数",
        "相関",
        "交替磁化",
        "副格子磁化",
        "磁化",
        "横磁化",
    ),
}
"""Correlations and magnetisations."""


def together(*parts: Words) -> dict[str, tuple[str, ...]]:
    """All these words, each once."""
    return {
        language: tuple(dict.fromkeys(word for part in parts for word in part.get(language, ())))
        for language in ("en", "ja")
    }
