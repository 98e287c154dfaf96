"""Ways to sample |psi|^2: one file each, over the one interface of ``base``."""

from physics_engines.nqs.samplers.base import Sampler
from physics_engines.nqs.samplers.build import build_sampler
from physics_engines.nqs.samplers.metropolis import Metropolis

__all__ = ["Metropolis", "Sampler", "build_sampler"]
