"""Vision transformer with factored attention.

L. L. Viteritti, R. Rende and F. Becca, Phys. Rev. Lett. 130, 236401 (2023); R. Rende, L. L. Viteritti, L. Bardone,
F. Becca and S. Goldt, Commun. Phys. 7, 260 (2024): the attention weights depend on positions only, and log psi is that
of an RBM on the pooled output.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice, LatticeName
from physics_engines.nqs.ansatze.base import Defaults
from physics_engines.nqs.ansatze.cells import Cells
from physics_engines.nqs.ansatze.network import Block, Network, dense, hidden_units, network_defaults
from physics_engines.nqs.hamiltonian import build_lattice

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from physics_engines.nqs.spec import GroundStateSpec

_MATRIX_ROWS = 512
"""Up to so many numbers per layer, patches times features, attention is fastest as one matrix."""


def _default_patch(shape: tuple[int, ...]) -> int:
    wanted = (2, 3) if len(shape) > 1 else (4, 2, 3)
    return next((size for size in wanted if all(length % size == 0 and length > size for length in shape)), 1)


class VisionTransformer(Network):
    """Patches of spins become vectors; blocks of attention and a two-layer network with normalisation before each.

    With attention weights that depend on the difference of two patches, psi is invariant under the translations that
    carry patches into patches. On an open lattice each pair of patches has its own weight.

    Args:
        lattice: Sites and translations.
        has_complex_amplitude: The last layer gets an imaginary part.
        n_features: Length of the vectors.
        n_layers: Blocks.
        n_heads: Attention heads; must divide ``n_features``.
        patch: Cells in each direction of a patch; must divide the extents of the lattice.

    Raises:
        ValueError: A number does not divide what it must.
    """

    def __init__(
        self, lattice: Lattice, has_complex_amplitude: bool, n_features: int, n_layers: int, n_heads: int, patch: int
    ) -> None:
        if n_features % n_heads:
            raise ValueError(f"{n_heads} heads do not divide {n_features} features; n_heads must divide n_features")
        cells = Cells.of(lattice)
        self._patches = cells.patches(patch)
        tokens = Cells(tuple(length // patch for length in cells.shape), 1, cells.is_periodic)
        self._pairs = tokens.differences
        # Translations are numbered by the cell that the first one goes to; an open lattice has one, the identity.
        moved = cells.coordinates[: len(lattice.translations)]
        self._moves_patches = (moved % patch == 0).all(axis=1)
        self._sizes = (n_features, n_layers, n_heads)
        d, n_tokens = n_features, tokens.n_cells
        blocks = {"embed": dense(self._patches.shape[1], d), "embed_bias": Block((d,))}
        for layer in range(n_layers):
            n_weights = int(self._pairs.max()) + 1
            blocks |= {
                f"scale_a{layer}": Block((d,), mean=1.0),
                f"shift_a{layer}": Block((d,)),
                f"value{layer}": dense(d, d),
                f"value_bias{layer}": Block((d,)),
                f"attention{layer}": Block((n_heads, n_weights), n_tokens**-0.5),
                f"mix{layer}": dense(d, d),
                f"mix_bias{layer}": Block((d,)),
                f"scale_m{layer}": Block((d,), mean=1.0),
                f"shift_m{layer}": Block((d,)),
                f"up{layer}": dense(d, 2 * d),
                f"up_bias{layer}": Block((2 * d,)),
                f"down{layer}": dense(2 * d, d),
                f"down_bias{layer}": Block((d,)),
            }
        n_out = 2 * d if has_complex_amplitude else d
        blocks |= {
            "scale": Block((d,), mean=1.0),
            "shift": Block((d,)),
            "out": dense(d, n_out, 0.1),
            "out_bias": Block((n_out,), 0.1),
        }
        super().__init__(lattice, has_complex_amplitude, blocks)

    @classmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """Two blocks of four heads on sixteen features; patches 2x2 on a square lattice, 4 on a chain."""
        sizes = {"n_features": 16, "n_layers": 2, "n_heads": 4, "patch": _default_patch(shape)}
        # From less, five of twenty runs of a frustrated chain stayed on a plateau of wrong phases.
        return replace(network_defaults(sizes, n_sites), first_shift_complex=0.1)

    @classmethod
    def from_spec(cls, spec: "GroundStateSpec") -> Self:
        """See ``SpecifiedAnsatz``."""
        lattice = build_lattice(spec)
        return cls(lattice, not spec.is_sign_free, spec.n_features, spec.n_layers, spec.n_heads, spec.patch)

    @property
    def invariances(self) -> NDArray[np.int64]:
        """See ``Invariant``: translations that carry patches into patches."""
        kept: NDArray[np.int64] = self.lattice.translations[self._moves_patches]
        return kept

    @property
    def n_multiplications(self) -> int:
        """See ``Network``."""
        d, n_layers, _ = self._sizes
        n_tokens, n_patch = (int(length) for length in self._patches.shape)
        block = n_tokens * (6 * d * d + n_tokens * d + 120 * d)
        return n_layers * block + n_tokens * n_patch * d + 2 * d * d + 60 * d

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """See ``Ansatz.log_psi``."""
        p = self.unflatten(parameters)
        d, _, n_heads = self._sizes

        def attend(layer: int, y: "torch.Tensor") -> "torch.Tensor":
            values = y @ p[f"value{layer}"] + p[f"value_bias{layer}"]
            heads = values.reshape(*values.shape[:-1], n_heads, d // n_heads).transpose(-2, -3)
            attended = self._attention(p, layer) @ heads
            return attended.transpose(-2, -3).flatten(-2) @ p[f"mix{layer}"] + p[f"mix_bias{layer}"]

        return self._evaluate(p, configurations, attend)

    def prepare(self, parameters: "torch.Tensor") -> "Callable[[torch.Tensor], torch.Tensor]":
        """See ``Prepared``: attention is linear in the vectors, so on small lattices a layer becomes one matrix."""
        import torch

        d, n_layers, n_heads = self._sizes
        n_tokens = len(self._pairs)
        if n_tokens * d > _MATRIX_ROWS:
            return lambda configurations: self.log_psi(parameters, configurations)
        p = self.unflatten(parameters)
        matrices, biases = [], []
        for layer in range(n_layers):
            attention = self._attention(p, layer)
            mix = p[f"mix{layer}"].reshape(n_heads, -1, d)
            both = p[f"value{layer}"].reshape(d, n_heads, -1).transpose(0, 1) @ mix
            matrix = torch.einsum("hij,hce->jcie", attention, both).reshape(n_tokens * d, n_tokens * d)
            shift = (p[f"value_bias{layer}"].reshape(n_heads, 1, -1) @ mix)[:, 0]
            matrices.append(matrix)
            biases.append((attention.sum(dim=-1).T @ shift + p[f"mix_bias{layer}"]).flatten())

        def attend(layer: int, y: "torch.Tensor") -> "torch.Tensor":
            return torch.addmm(biases[layer], y.flatten(-2), matrices[layer]).reshape(y.shape)

        return lambda configurations: self._evaluate(p, configurations, attend)

    def _attention(self, p: "dict[str, torch.Tensor]", layer: int) -> "torch.Tensor":
        """Weights from patch j to patch i, shape (n_heads, n_patches, n_patches)."""
        import torch

        return p[f"attention{layer}"][:, torch.as_tensor(self._pairs, device=p["embed"].device)]

    def _evaluate(
        self,
        p: "dict[str, torch.Tensor]",
        configurations: "torch.Tensor",
        attend: "Callable[[int, torch.Tensor], torch.Tensor]",
    ) -> "torch.Tensor":
        import torch
        from torch.nn.functional import layer_norm, linear, silu

        d, n_layers, _ = self._sizes
        patches = configurations[..., torch.as_tensor(self._patches, device=configurations.device)]
        x = linear(patches, p["embed"].T, p["embed_bias"])
        for layer in range(n_layers):
            x = x + attend(layer, layer_norm(x, (d,), p[f"scale_a{layer}"], p[f"shift_a{layer}"]))
            y = layer_norm(x, (d,), p[f"scale_m{layer}"], p[f"shift_m{layer}"])
            hidden = silu(linear(y, p[f"up{layer}"].T, p[f"up_bias{layer}"]))
            x = x + linear(hidden, p[f"down{layer}"].T, p[f"down_bias{layer}"])
        pooled = layer_norm(x, (d,), p["scale"], p["shift"]).sum(dim=-2)
        angles = linear(pooled, p["out"].T, p["out_bias"])
        return hidden_units(angles, self.has_complex_amplitude, 1)
