"""How people say the fields of a real-time evolution."""

from physics_engines.spec import Slot
from physics_engines.text import Text

INITIAL = Slot(
    en=("initial state",),
    ja=("初期状態",),
    values={
        "ground_state": ("from the ground state", "starting from the ground state", "基底状態から"),
        "polarised": (
            "polarised",
            "polarized",
            "polarised state",
            "polarized state",
            "fully polarised",
            "fully polarized",
            "x-polarised",
            "x-polarized",
            "paramagnetic state",
            "偏極",
            "偏極状態",
            "完全偏極",
        ),
        "neel": ("neel", "néel", "neel state", "néel state", "ネール", "ネール状態"),
    },
    shown={
        "ground_state": Text(en="from the ground state before the quench", ja="クエンチ前の基底状態から"),
        "polarised": Text(en="from the state polarised along x", ja="x 方向に偏極した状態から"),
        "neel": Text(en="from a tilted Néel state", ja="傾いたネール状態から"),
    },
)

INITIAL_FIELD = Slot(
    symbols=("h0", "h_0", "h_i", "hi", "Γ0", "g0", "h_initial"),
    en=("initial field", "initial transverse field", "field before the quench"),
    ja=("初期横磁場", "初期磁場", "クエンチ前の横磁場", "クエンチ前の磁場"),
    before="field",
    en_label="h before the quench",
    ja_label="クエンチ前の h",
    unit_of="coupling",
    only_with={"model": ("tfim",)},
)

INITIAL_J2 = Slot(
    symbols=("J2_0", "J2_i", "J2_initial"),
    en=("initial j2", "j2 before the quench"),
    ja=("初期J2", "クエンチ前のJ2"),
    before="j2",
    en_label="J2/J1 before the quench",
    ja_label="クエンチ前の J2/J1",
    unit_of="coupling",
)

INITIAL_DELTA = Slot(
    symbols=("Δ0", "Δ_0", "Δ_i", "Delta0"),
    en=("initial anisotropy", "anisotropy before the quench"),
    ja=("初期異方性", "クエンチ前の異方性"),
    before="delta",
    en_label="Δ before the quench",
    ja_label="クエンチ前の Δ",
)

TOTAL_TIME = Slot(
    symbols=("t", "tmax", "t_max", "T_max", "tJ", "Jt"),
    cased=("t",),
    en=("time", "times", "total time", "final time", "evolution time"),
    ja=("時間", "時刻", "最終時刻", "全時間"),
    en_label="t",
    ja_label="時間",
)

TIME_STEP = Slot(symbols=("dt", "Δt"), en=("time step", "timestep"), ja=("時間刻み", "タイムステップ"), detail=True)

TILT = Slot(en=("tilt", "tilt angle"), ja=("傾き", "傾き角"), detail=True)
