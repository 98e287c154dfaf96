"""How people say the fields of a deep Boltzmann machine from imaginary time."""

from physics_engines.nqs.words.ground_state import SEED as SEED
from physics_engines.spec import Slot

TAU = Slot(symbols=("τ", "tau"), en=("projection time",), ja=("射影時間",), en_label="τ", ja_label="τ")

DTAU = Slot(
    symbols=("dtau", "dτ", "δτ", "Δτ"),
    en=("trotter step", "imaginary time step", "imaginary-time step"),
    ja=("トロッター刻み", "虚時間刻み"),
    en_label="Δτ",
    ja_label="Δτ",
)

TROTTER_ORDER = Slot(
    en=("trotter order",),
    ja=("トロッター次数",),
    values={
        "1": ("first-order trotter", "first order trotter", "一次のトロッター", "1次のトロッター"),
        "2": ("second-order trotter", "second order trotter", "二次のトロッター", "2次のトロッター"),
    },
    detail=True,
)

N_SWEEPS = Slot(en=("cluster sweeps", "cluster updates"), ja=("クラスター更新",), detail=True)
