"""What to say of a mean over Markov chains that its error bar does not."""

from physics_engines.statistics.gamma_method import GammaAnalysis

R_HAT_LIMIT = 1.05
"""Split R-hat above which chains count as not equilibrated."""
_LEAST_PER_CHAIN = 20
"""Effective samples per chain below which its autocorrelation time is a guess."""


def sampling_flags(analysis: GammaAnalysis, r_hat: float) -> tuple[str, ...]:
    """Validity flags of a mean; none where chains agree and are long against their autocorrelation time.

    Args:
        analysis: Of the series.
        r_hat: Its split R-hat; NaN counts as not equilibrated.
    """
    flags = []
    if not r_hat <= R_HAT_LIMIT:
        flags.append(f"not equilibrated: split R-hat {r_hat:.2f} over the chains")
    if not analysis.window_found or analysis.n_eff < _LEAST_PER_CHAIN * analysis.n_chains:
        flags.append("autocorrelation time not resolved: the error is a lower estimate")
    return tuple(flags)
