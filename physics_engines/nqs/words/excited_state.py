"""How people say the fields of an excited state."""

from physics_engines.spec import Slot
from physics_engines.text import Text

EXCITATION = Slot(
    en=("excitation",),
    ja=("励起の種類",),
    values={
        "spin": (
            "spin gap",
            "singlet-triplet gap",
            "triplet gap",
            "triplet excitation",
            "lowest triplet",
            "magnon gap",
            "スピンギャップ",
            "一重項三重項ギャップ",
            "三重項励起",
            "三重項",
        ),
    },
    shown={
        "energy": Text(en="lowest excited state", ja="最低励起状態"),
        "spin": Text(
            en="lowest state with one more unit of S^z (spin gap)", ja="S^z が 1 大きい最低状態（スピンギャップ）"
        ),
    },
    detail=True,
)
