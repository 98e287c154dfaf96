"""How people say quantum numbers."""

from physics_engines.spec import Slot
from physics_engines.text import Text

MOMENTUM = Slot(
    symbols=("k",),
    cased=("k",),
    en=("momentum", "crystal momentum", "lattice momentum"),
    ja=("運動量", "結晶運動量"),
    en_label="momentum",
    ja_label="運動量",
    together=True,
    of_pi=True,
    detail=True,
    essential=True,
)

IRREP = Slot(
    en=("irrep", "irreducible representation"),
    ja=("既約表現",),
    values={
        "A1": ("a1", "even parity", "偶パリティ"),
        "A2": ("a2", "odd parity", "奇パリティ"),
        "B1": ("b1",),
        "B2": ("b2",),
    },
    shown={
        "none": Text(en="any irrep of the point group", ja="点群の既約表現を問わない"),
        **{name: Text(en=f"irrep {name}", ja=f"既約表現 {name}") for name in ("A1", "A2", "B1", "B2")},
    },
    detail=True,
    essential=True,
)

SPIN_FLIP = Slot(
    en=("spin flip", "spin inversion"),
    ja=("スピン反転",),
    values={
        "even": (
            "even spin-flip",
            "even under spin inversion",
            "even under spin flip",
            "spin-flip even",
            "even spin-flip sector",
            "スピン反転で偶",
            "スピン反転偶",
        ),
        "odd": (
            "odd spin-flip",
            "odd under spin inversion",
            "odd under spin flip",
            "spin-flip odd",
            "odd spin-flip sector",
            "スピン反転で奇",
            "スピン反転奇",
        ),
    },
    shown={
        "none": Text(en="any spin-flip sector", ja="スピン反転のセクターを問わない"),
        "even": Text(en="even under spin flip", ja="スピン反転で偶"),
        "odd": Text(en="odd under spin flip", ja="スピン反転で奇"),
    },
    detail=True,
    essential=True,
)
