"""How people say the fields of a measurement of observables."""

from physics_engines.spec import Slot
from physics_engines.text import Text

OBSERVABLES = Slot(
    en=("observables", "observable"),
    ja=("観測量", "物理量"),
    values={
        "correlations": (
            "correlation function",
            "correlation functions",
            "correlations",
            "spin correlation",
            "spin correlations",
            "spin-spin correlation",
            "spin-spin correlations",
            "correlator",
            "相関関数",
            "スピン相関",
            "スピン相関関数",
            "相関",
        ),
        "structure_factor": (
            "structure factor",
            "static structure factor",
            "spin structure factor",
            "構造因子",
            "静的構造因子",
            "スピン構造因子",
        ),
        "staggered_magnetisation": (
            "staggered magnetisation",
            "staggered magnetization",
            "staggered moment",
            "sublattice magnetisation",
            "sublattice magnetization",
            "交替磁化",
            "副格子磁化",
        ),
        "magnetisation": ("magnetisation", "magnetization", "transverse magnetisation", "transverse magnetization",
                          "磁化", "横磁化"),
        "entanglement": (
            "entanglement entropy",
            "entanglement",
            "renyi entropy",
            "rényi entropy",
            "renyi-2 entropy",
            "rényi-2 entropy",
            "renyi-2 entanglement entropy",
            "エンタングルメントエントロピー",
            "エンタングルメント",
            "レニーエントロピー",
            "レニー2エントロピー",
        ),
        "fidelity": (
            "fidelity",
            "fidelity with the exact ground state",
            "fidelity with the exact state",
            "overlap with the exact ground state",
            "忠実度",
            "フィデリティ",
        ),
        "extrapolation": (
            "zero-variance extrapolation",
            "zero variance extrapolation",
            "variance extrapolation",
            "ゼロ分散外挿",
            "分散外挿",
        ),
    },
    shown={
        "standard": Text(en="the usual ones", ja="標準的な観測量"),
        "correlations": Text(en="spin correlations", ja="スピン相関関数"),
        "structure_factor": Text(en="structure factor", ja="構造因子"),
        "staggered_magnetisation": Text(en="staggered magnetisation", ja="交替磁化"),
        "magnetisation": Text(en="magnetisation", ja="磁化"),
        "entanglement": Text(en="Rényi-2 entropy", ja="レニー2エントロピー"),
        "fidelity": Text(en="fidelity", ja="忠実度"),
        "extrapolation": Text(en="zero-variance extrapolation", ja="ゼロ分散外挿"),
    },
    detail=True,
    together=True,
)  # fmt: skip

BLOCK_SIZE = Slot(
    en=("block size", "subsystem size", "block", "subsystem", "site block", "site subsystem", "spin block"),
    ja=(
        "ブロックサイズ",
        "部分系のサイズ",
        "ブロック",
        "部分系",
        "サイトのブロック",
        "サイトの部分系",
        "スピンのブロック",
    ),
    detail=True,
)
