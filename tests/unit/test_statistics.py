import numpy as np
import pytest

from physics_engines.errors import InvalidInput
from physics_engines.statistics import binning, gamma_method, jackknife, sampling_flags, split_r_hat


def ar1(rho: float, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Stationary AR(1) of unit variance: tau_int = (1 + rho) / (2 (1 - rho)) where 0.5 is white noise."""
    noise = rng.standard_normal(shape)
    series = np.empty(shape)
    series[..., 0] = noise[..., 0]
    for step in range(1, shape[-1]):
        series[..., step] = rho * series[..., step - 1] + np.sqrt(1 - rho**2) * noise[..., step]
    return series


def exact_tau(rho: float) -> float:
    return (1 + rho) / (2 * (1 - rho))


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_gamma_method_covers_the_true_mean_and_tau(rho: float) -> None:
    series = ar1(rho, (400, 4096), np.random.default_rng(11))
    results = [gamma_method(row) for row in series]
    pulls = np.array([result.mean / result.error for result in results])
    # 400 unit-variance pulls: their variance is 1 within 4 standard errors, plus the bias of a finite window.
    assert abs(pulls.mean()) < 4 / np.sqrt(400)
    assert 0.72 < pulls.var() < 1.32
    taus = np.array([result.tau_int for result in results])
    assert taus.mean() == pytest.approx(exact_tau(rho), rel=0.04)
    # The stated uncertainty of tau_int is the scatter over seeds, to the precision of Wolff's approximation.
    stated = np.mean([result.tau_int_error for result in results])
    assert stated == pytest.approx(taus.std(), rel=0.35)


def test_several_chains_give_the_error_of_their_common_mean() -> None:
    series = ar1(0.8, (200, 8, 512), np.random.default_rng(5))
    pulls = [result.mean / result.error for result in map(gamma_method, series)]
    assert 0.65 < np.var(pulls) < 1.45
    ragged = [series[0, 0], series[0, 1][:300], series[0, 2][:77]]
    result = gamma_method(ragged)
    assert (result.n_samples, result.n_chains) == (512 + 300 + 77, 3)
    assert result.mean == pytest.approx(np.concatenate(ragged).mean())


def test_chains_that_disagree_widen_the_error() -> None:
    rng = np.random.default_rng(2)
    agreeing = rng.standard_normal((4, 500))
    shifted = agreeing + 10 * np.arange(4)[:, None]
    assert gamma_method(shifted).error > 20 * gamma_method(agreeing).error


@pytest.mark.parametrize("rho", [0.3, 0.6, 0.95])
def test_gamma_method_agrees_with_pyerrors(rho: float) -> None:
    pyerrors = pytest.importorskip("pyerrors")
    series = ar1(rho, (20_000,), np.random.default_rng(3))
    theirs = pyerrors.Obs([series], ["ensemble"])
    theirs.gamma_method(S=1.5)
    ours = gamma_method(series, s_tau=1.5)
    assert ours.window == theirs.e_windowsize["ensemble"]
    assert ours.mean == pytest.approx(theirs.value, abs=1e-13)
    assert ours.error == pytest.approx(theirs.dvalue, rel=1e-10)
    # It corrects the bias of the sum but not of Gamma(0), a relative difference of (2 tau_int - 1) / n.
    ratio = 1 - (2 * ours.tau_int - 1) / 20_000
    assert ours.tau_int == pytest.approx(theirs.e_tauint["ensemble"] * ratio, rel=1e-4)
    assert ours.tau_int_error == pytest.approx(theirs.e_dtauint["ensemble"], rel=1e-2)


def test_fft_autocovariance_is_the_direct_sum() -> None:
    rng = np.random.default_rng(9)
    chains = [np.cumsum(rng.standard_normal(n)) for n in (61, 24)]
    result = gamma_method(chains)
    assert result.window > 3
    mean = np.concatenate(chains).mean()
    deltas = [chain - mean for chain in chains]
    gamma = np.array(
        [
            sum(float(np.sum(d[: d.size - lag] * d[lag:])) for d in deltas if d.size > lag)
            / sum(d.size - lag for d in deltas if d.size > lag)
            for lag in range(result.window + 1)
        ]
    )
    gamma = gamma + 2 * (0.5 + gamma[1:].sum() / gamma[0]) * gamma[0] / 85
    assert result.tau_int == pytest.approx(0.5 + gamma[1:].sum() / gamma[0], rel=1e-12)
    assert result.error == pytest.approx(np.sqrt(2 * result.tau_int * gamma[0] / 85), rel=1e-12)


def test_constant_and_short_series_survive() -> None:
    constant = gamma_method(np.full(1000, 0.1))
    assert (constant.mean, constant.error, constant.tau_int, constant.n_eff) == (0.1, 0.0, 0.5, 1000)
    assert binning(np.full(1000, 0.1)).error == 0.0
    assert split_r_hat(np.full((3, 50), 0.1)) == 1.0
    assert jackknife(np.full(50, 0.1), np.mean).error == pytest.approx(0.0, abs=1e-15)
    for short in ([1.0, 2.0], [1.0, 2.0, 4.0], [[1.0], [2.0]], [1.0, -1.0] * 8):
        result = gamma_method(short)
        assert np.isfinite([result.error, result.tau_int, result.tau_int_error, result.n_eff]).all()
        assert result.error > 0
        assert np.isfinite(binning(short).error)


@pytest.mark.parametrize("bad", [[1.0, np.nan, 2.0], [1.0, np.inf], [1.0], [], [[1.0, 2.0], []], [1j, 2.0]])
@pytest.mark.parametrize("estimator", [gamma_method, binning, split_r_hat])
def test_senseless_series_are_refused_in_a_sentence(bad: list, estimator) -> None:
    with pytest.raises(InvalidInput, match=r"finite|two values|at least|shape|real"):
        estimator(bad)


def test_binning_reaches_the_known_plateau() -> None:
    series = ar1(0.8, (100, 16_384), np.random.default_rng(8))
    results = [binning(row) for row in series]
    assert np.mean([result.tau_int for result in results]) == pytest.approx(exact_tau(0.8), rel=0.12)
    assert np.mean([result.plateau_reached for result in results]) > 0.9
    assert 0.6 < np.var([row.mean() / result.error for row, result in zip(series, results, strict=True)]) < 1.5


def test_binning_says_when_the_error_still_grows() -> None:
    walk = np.cumsum(np.random.default_rng(1).standard_normal(4096))
    assert not binning(walk).plateau_reached


def test_jackknife_of_the_mean_is_the_analytic_error() -> None:
    data = np.random.default_rng(4).standard_normal(500)
    result = jackknife(data, np.mean, n_bins=500)
    assert result.error == pytest.approx(data.std(ddof=1) / np.sqrt(500), rel=1e-10)
    assert result.bias == pytest.approx(0.0, abs=1e-12)


def test_jackknife_of_a_nonlinear_function_and_its_bias() -> None:
    rng = np.random.default_rng(6)
    values, errors, corrected = [], [], []
    for _ in range(400):
        data = 2.0 + rng.standard_normal((200, 2))
        result = jackknife(data, lambda kept: kept[:, 0].mean() ** 2 / kept[:, 1].mean(), n_bins=50)
        values.append(result.value)
        errors.append(result.error)
        corrected.append(result.value - result.bias)
    # d(x^2 / y) at x = y = 2: gradient (2, -1), so the error is sqrt(5 / 200); bias is (1/2) tr(Hessian) / 200.
    assert np.mean(errors) == pytest.approx(np.sqrt(5 / 200), rel=0.05)
    assert np.std(values) == pytest.approx(np.sqrt(5 / 200), rel=0.12)
    bias = 0.5 * (1 + 1) / 200
    assert abs(np.mean(values) - 2 - bias) < 4 * np.std(values) / 20
    # The same samples with and without correction: the difference has little noise and is the analytic bias.
    assert np.mean(values) - np.mean(corrected) == pytest.approx(bias, rel=0.25)


def test_jackknife_bins_correct_for_autocorrelation() -> None:
    series = ar1(0.8, (100, 8192), np.random.default_rng(12))
    errors = [jackknife(row, np.mean, n_bins=64).error for row in series]
    assert np.mean(errors) == pytest.approx(np.sqrt(2 * exact_tau(0.8) / 8192), rel=0.05)


@pytest.mark.parametrize("n_bins", [1, 11])
def test_jackknife_refuses_impossible_bins(n_bins: int) -> None:
    with pytest.raises(InvalidInput, match="bins"):
        jackknife(np.arange(10.0), np.mean, n_bins=n_bins)


def test_r_hat_tells_agreeing_from_disagreeing_chains() -> None:
    rng = np.random.default_rng(7)
    chains = rng.standard_normal((4, 1000))
    assert split_r_hat(chains) == pytest.approx(1.0, abs=0.01)
    assert split_r_hat(chains + np.arange(4)[:, None]) > 1.3
    drifting = chains + np.linspace(0, 3, 1000)
    assert split_r_hat(drifting) > 1.2
    assert split_r_hat([[0.0] * 8, [1.0] * 8]) == float("inf")


def flags_of(series: np.ndarray) -> tuple[str, ...]:
    return sampling_flags(gamma_method(series), split_r_hat(series))


def test_only_short_or_unequal_chains_are_flagged() -> None:
    rng = np.random.default_rng(8)
    sound = ar1(0.5, (8, 2000), rng)
    assert flags_of(sound) == ()
    (flag,) = flags_of(sound + np.linspace(0, 2, 8)[:, None])[:1]
    assert flag.startswith("not equilibrated: split R-hat 1.")
    assert "autocorrelation time not resolved: the error is a lower estimate" in flags_of(ar1(0.99, (8, 100), rng))
