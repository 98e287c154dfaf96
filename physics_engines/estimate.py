"""Estimate: the one way a number leaves an engine."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from physics_engines.text import Text

Exactness = Literal["exact", "stochastic", "upper_bound", "fit"]


class Estimate(BaseModel):
    """A number with its error bar, unit and provenance.

    A stochastic error is one standard error, already corrected for autocorrelation. ``upper_bound`` marks a
    variational energy: its expectation cannot lie below the exact value. ``exact`` values carry no error; the
    rounding of the arithmetic is below the digits shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    label: Text
    """What the number is, in both languages: "energy per site"."""
    value: float
    error: float | None = Field(default=None, ge=0)
    """One standard error; None for exact values."""
    unit: str = ""
    """Unit of value and error ("J", "eV/atom"); empty for a pure number."""
    exactness: Exactness
    method: Text
    """How it was obtained, in a few words: "Lanczos, 12870 states"."""
    convention: Text | None = None
    """What the number depends on by definition: "per site, H = J Σ S·S"."""
    n_eff: float | None = Field(default=None, gt=0)
    """Effective number of independent samples."""
    tau_int: float | None = Field(default=None, gt=0)
    """Integrated autocorrelation time in samples; 0.5 is white noise."""
    r_hat: float | None = Field(default=None, gt=0)
    """Split R-hat over the chains."""
    flags: tuple[str, ...] = ()
    """Validity warnings: "not equilibrated", "outside the training domain"."""

    @model_validator(mode="after")
    def _error_matches_exactness(self) -> "Estimate":
        if self.exactness == "exact" and self.error is not None:
            raise ValueError("an exact value carries no error bar")
        if self.exactness in ("stochastic", "upper_bound") and self.error is None:
            raise ValueError(f"a value marked {self.exactness} needs an error bar")
        return self
