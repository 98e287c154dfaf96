"""The deep networks of ``nqs_vs_netket`` in flax: the same layers and sizes as ours, real, on a periodic lattice."""

from collections.abc import Callable

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

Array = jax.Array


def _log_cosh(x: Array) -> Array:
    folded = jnp.abs(x)
    return folded + jnp.log1p(jnp.exp(-2 * folded)) - np.log(2)


class Cnn(nn.Module):
    """Convolutions with periodic padding, x sigmoid(x) between them, log cosh at the end."""

    shape: tuple[int, ...]
    n_features: int
    n_layers: int
    kernel: int

    @nn.compact
    def __call__(self, spins: Array) -> Array:
        """log psi of spins (..., n_sites)."""
        x = spins.reshape(-1, *self.shape, 1)
        for number in range(self.n_layers):
            x = nn.silu(x) if number else x
            size = (self.kernel,) * len(self.shape)
            x = nn.Conv(self.n_features, size, padding="CIRCULAR", param_dtype=float)(x)
        return _log_cosh(x).reshape(len(x), -1).sum(axis=-1).reshape(spins.shape[:-1])


class Vit(nn.Module):
    """Factored attention with weights that depend on the difference of two patches."""

    shape: tuple[int, ...]
    n_features: int
    n_layers: int
    n_heads: int
    patch: int

    @nn.compact
    def __call__(self, spins: Array) -> Array:
        """log psi of spins (..., n_sites)."""
        d, heads = self.n_features, self.n_heads
        tokens = tuple(length // self.patch for length in self.shape)
        n_tokens = int(np.prod(tokens))
        # Sites of a patch side by side: (x, a, y, b) -> (x, y, a, b).
        grid = spins.reshape(-1, *(part for length in tokens for part in (length, self.patch)))
        order = (0, *range(1, grid.ndim, 2), *range(2, grid.ndim, 2))
        x = self._dense(d)(grid.transpose(order).reshape(-1, n_tokens, self.patch ** len(self.shape)))
        where = np.stack(np.unravel_index(np.arange(n_tokens), tokens), axis=1)
        shift = np.ravel_multi_index(tuple(np.moveaxis((where[None] - where[:, None]) % tokens, -1, 0)), tokens)
        scale = nn.initializers.normal(n_tokens**-0.5)
        for layer in range(self.n_layers):
            y = self._norm()(x)
            values = self._dense(d)(y).reshape(-1, n_tokens, heads, d // heads)
            weights = self.param(f"attention{layer}", scale, (heads, n_tokens), float)
            attended = jnp.einsum("hij,bjhc->bihc", weights[:, shift], values)
            x = x + self._dense(d)(attended.reshape(-1, n_tokens, d))
            x = x + self._dense(d)(nn.silu(self._dense(2 * d)(self._norm()(x))))
        angles = self._dense(d)(self._norm()(x).sum(axis=-2))
        return _log_cosh(angles).sum(axis=-1).reshape(spins.shape[:-1])

    @staticmethod
    def _dense(n_out: int) -> nn.Module:
        return nn.Dense(n_out, param_dtype=float)

    @staticmethod
    def _norm() -> nn.Module:
        return nn.LayerNorm(param_dtype=float, epsilon=1e-5)


def build(case: dict[str, int | float | str]) -> "nn.Module":
    """The network of a case."""
    side = int(case["side"])
    shape = (side,) if case["lattice"] == "chain" else (side, side)
    features, layers = int(case["n_features"]), int(case["n_layers"])
    networks: dict[str, Callable[[], nn.Module]] = {
        "cnn": lambda: Cnn(shape, features, layers, int(case["kernel"])),
        "vit": lambda: Vit(shape, features, layers, int(case["n_heads"]), int(case["patch"])),
    }
    return networks[str(case["ansatz"])]()
