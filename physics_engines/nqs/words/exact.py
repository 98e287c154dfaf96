"""How people say the fields of an exact diagonalisation."""

from physics_engines.spec import Slot

N_LEVELS = Slot(
    symbols=("n_levels",),
    en=("lowest levels", "lowest states", "lowest eigenvalues", "lowest energies", "levels", "eigenvalues"),
    ja=("個の準位", "準位", "個の固有値", "固有値"),
    values={
        "2": (
            "gap",
            "energy gap",
            "first excited state energy",
            "excited state energy",
            "energy of the first excited state",
            "excitation gap",
            "excitation energy",
            "first excited state",
            "first excited",
            "excited state",
            "ギャップ",
            "エネルギーギャップ",
            "励起ギャップ",
            "励起エネルギー",
            "第一励起状態",
            "第一励起",
            "第1励起状態",
            "励起状態",
        ),
        "8": ("spin gap", "singlet-triplet gap", "スピンギャップ"),
    },
    en_label="number of levels",
    ja_label="準位の数",
    detail=True,
)
