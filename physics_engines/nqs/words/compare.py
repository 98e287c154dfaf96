"""How people say the fields of a comparison of ansätze."""

from physics_engines.nqs.words.ground_state import ANSATZ
from physics_engines.spec import Slot
from physics_engines.text import Text

ANSATZE = Slot(
    en=("ansatze", "ansätze", "ansaetze"),
    ja=("アンザッツ", "変分波動関数"),
    values={
        **ANSATZ.values,
        "default_rbm": ("rbm", "restricted boltzmann machine", "rbms", "制限ボルツマンマシン"),
        "mps": (
            "mps",
            "dmrg",
            "matrix product state",
            "matrix product states",
            "matrix-product state",
            "行列積状態",
        ),
        "all": ("all ansätze", "all ansatze", "every ansatz", "すべてのアンザッツ", "全てのアンザッツ", "全アンザッツ"),
    },
    shown={
        **ANSATZ.shown,
        "default_rbm": Text(en="RBM", ja="RBM"),
        "mps": Text(en="MPS (DMRG)", ja="MPS（DMRG）"),
        "all": Text(en="all that fit the lattice", ja="格子に合うもの全て"),
    },
    together=True,
)
