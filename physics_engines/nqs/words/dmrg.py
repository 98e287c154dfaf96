"""How people say the fields of a DMRG run."""

from physics_engines.spec import Slot

BOND_DIMENSION = Slot(
    symbols=("χ", "chi", "D"),
    en=("bond dimension", "bond dim", "max bond dimension", "states kept", "kept states"),
    ja=("ボンド次元", "結合次元", "保持状態数"),
    en_label="bond dimension",
    ja_label="ボンド次元",
)

N_SWEEPS = Slot(symbols=("n_sweeps",), en=("sweeps", "dmrg sweeps"), ja=("スイープ", "掃引"), detail=True)

TOLERANCE = Slot(en=("energy tolerance",), ja=("収束判定",), detail=True)
