"""How people say the fields of an evaluation of a stored state."""

from physics_engines.spec import Slot

STATE = Slot(
    en=("state file", "wave-function file"),
    ja=("波動関数のファイル", "状態のファイル"),
    suffixes=(".wf", ".npz"),
)
