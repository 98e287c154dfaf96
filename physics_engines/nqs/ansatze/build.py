"""From the name of an ansatz to the ansatz."""

from importlib import import_module
from typing import TYPE_CHECKING, cast

from physics_engines.nqs.ansatze.base import SpecifiedAnsatz

if TYPE_CHECKING:
    from physics_engines.nqs.spec import AnsatzName, GroundStateSpec

_HOME: "dict[AnsatzName, tuple[str, str]]" = {
    "jastrow": ("jastrow", "Jastrow"),
    "rbm": ("rbm", "DenseRbm"),
    "rbm_complex": ("rbm", "ComplexDenseRbm"),
    "rbm_symmetric": ("tied_rbm", "SymmetricRbm"),
    "rbm_symmetric_complex": ("tied_rbm", "ComplexSymmetricRbm"),
    "rbm_space_group": ("space_group", "SpaceGroupRbm"),
    "rbm_space_group_complex": ("space_group", "ComplexSpaceGroupRbm"),
    "feed_forward": ("feed_forward", "FeedForward"),
    "cnn": ("convolution", "Cnn"),
    "resnet": ("convolution", "ResNet"),
    "vit": ("transformer", "VisionTransformer"),
    "neural_backflow": ("backflow", "NeuralBackflow"),
    "pair_product": ("build_pair", "PairProductState"),
    "pair_product_symmetric": ("build_pair", "SymmetricPairProductState"),
}


def ansatz_names() -> "tuple[AnsatzName, ...]":
    """All ansätze a Spec can name."""
    return tuple(_HOME)


def ansatz_class(name: "AnsatzName") -> type[SpecifiedAnsatz]:
    """The class behind a name; its module is imported only now."""
    module, attribute = _HOME[name]
    found = getattr(import_module(f"physics_engines.nqs.ansatze.{module}"), attribute)
    return cast(type[SpecifiedAnsatz], found)


def build_ansatz(spec: "GroundStateSpec") -> SpecifiedAnsatz:
    """The ansatz a Spec names."""
    return ansatz_class(spec.ansatz).from_spec(spec)
