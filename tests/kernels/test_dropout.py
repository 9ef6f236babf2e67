"""Draws of stakes: their law, their weights, and how often a standard error holds the truth."""

from itertools import combinations

import numpy as np
import pytest
from portfolios import drawn_followers, drawn_models, drawn_problem, unequal_stakes
from scipy.stats import binom

from kardashev import errors
from kardashev.portfolio.dropout import (
    DropoutRule,
    drawn,
    standardized_meta_models,
    undropped,
)
from kardashev.portfolio.importance import BLOCK, PLAIN
from kardashev.portfolio.true_contribution import (
    PRIOR_DRAWS,
    gradients,
    prepare,
    sampling_errors,
    true_contribution,
)

seeded = np.random.default_rng
STRAY = 4.5  # standard errors, that a mean over draws may be off


def orthonormal(stocks, models):
    """Signals with which (σ Σd)² is the sum of the squared stakes of a draw."""
    centred = seeded(0).normal(size=(stocks, models))
    centred -= centred.mean(axis=0)
    return np.linalg.qr(centred)[0] * np.sqrt(stocks)


def all_masks(models):
    return (np.arange(1, 2**models)[:, None] >> np.arange(models)) & 1


def test_few_staked_models_take_every_mask_once_by_its_probability():
    stakes = np.array([2.0, 0.0, 1.0, 4.0])
    draws = drawn(orthonormal(20, 4), stakes, seeded(0), DropoutRule(7, 0.3))
    assert not draws.is_sample and len(draws) == 7
    expected = {
        tuple(i not in dropped for i in range(4)): 0.7 ** (3 - len(dropped)) * 0.3 ** len(dropped)
        for size in range(3)
        for dropped in combinations((0, 2, 3), size)
    }
    found = dict(zip(map(tuple, draws.survives.tolist()), draws.weights, strict=True))
    assert found.keys() == expected.keys()
    for mask, probability in expected.items():
        assert found[mask] == pytest.approx(probability / (1 - 0.3**3), rel=1e-12)
    sizes = np.sqrt((draws.survives * (stakes / 0.7) ** 2).sum(axis=1))
    np.testing.assert_allclose(draws.scales, 1 / sizes, rtol=1e-10)
    assert drawn(orthonormal(20, 4), stakes, seeded(0), DropoutRule(6)).is_sample


def test_the_rule_says_how_many_draws_and_which_rounds_have_few_models():
    rule = DropoutRule(draws=20, few_staked=8, draws_of_few=40)
    stakes, signals = np.ones(9), orthonormal(20, 9)
    assert len(drawn(signals, stakes, seeded(0), rule)) == 20
    stakes[0] = 0.0
    assert len(drawn(signals, stakes, seeded(0), rule)) == 40
    stakes[:4] = 0.0
    assert len(drawn(signals, stakes, seeded(0), rule)) == 31
    stakes[:8] = 0.0
    assert drawn(signals, stakes, seeded(0), rule).survives.all()
    assert len(drawn(signals, np.ones(9), seeded(0), DropoutRule(20, 0.0))) == 20


@pytest.mark.parametrize("dropout", [0.5, 0.7])
@pytest.mark.parametrize(
    ("models", "dust"), [(BLOCK - 2, 1.0), (BLOCK + 4, 1.0), (BLOCK + 4, 1e-3), (BLOCK + 4, 1e-6)]
)
def test_weighted_draws_have_the_law_of_a_draw(models, dust, dropout):
    """Means of who survives, and of slopes, which few small survivors make large, against all masks."""
    stakes, masks = unequal_stakes(models), all_masks(models)
    stakes[-1] *= dust  # surviving alone, it has much of the mean slope
    kept = masks.sum(axis=1)
    chance = (1 - dropout) ** kept * dropout ** (models - kept)
    chance /= chance.sum()
    scales = (1 - dropout) / np.sqrt(masks @ stakes**2)
    expected = np.append(chance @ masks, [chance @ scales, 1.0])
    draws = drawn(orthonormal(40, models), stakes, seeded(1), DropoutRule(4000, dropout))
    values = np.column_stack([draws.survives, draws.scales, np.ones(4000)])
    parts = (draws.weights * 4000)[:, None] * values
    off = parts.mean(axis=0) - expected
    assert (np.abs(off) <= STRAY * parts.std(axis=0) / np.sqrt(4000) + 1e-12).all()
    plain = np.sqrt(chance @ scales**2 - (chance @ scales) ** 2)
    assert parts[:, models].std() < plain / 3 and draws.weights.max() * 4000 <= 1.1 / PLAIN


def test_draws_that_know_what_is_limited_have_the_same_law():
    """A fund of none but the three whose signals are limited exposures is drawn oftener, and weighs less."""
    models = BLOCK - 2
    stakes, masks, signals = unequal_stakes(models), all_masks(models), orthonormal(40, models)
    limited = np.arange(models) // 3 == 1
    scales = 0.5 / np.sqrt(masks @ stakes**2)
    expected = np.append(masks.mean(axis=0), [scales.mean(), 1.0])
    often = []
    for exposures in (None, np.vstack([np.ones(40), signals[:, limited].T])):
        draws = drawn(signals, stakes, seeded(1), DropoutRule(4000), exposures)
        values = np.column_stack([draws.survives, draws.scales, np.ones(4000)])
        parts = (draws.weights * 4000)[:, None] * values
        off = parts.mean(axis=0) - expected
        assert (np.abs(off) <= STRAY * parts.std(axis=0) / np.sqrt(4000) + 1e-12).all()
        assert draws.weights.max() * 4000 <= 1.1 / PLAIN
        often.append((~draws.survives[:, ~limited].any(axis=1)).sum())
    assert often[1] > 5 * max(often[0], 1)


def test_draws_of_many_models_are_distinct_and_independent():
    stakes = seeded(5).exponential(size=300)
    draws = drawn(orthonormal(400, 300), stakes, seeded(3))
    assert len(draws) == 100 and len(np.unique(draws.survives, axis=0)) == 100
    pairs = np.corrcoef(draws.survives, rowvar=False)[np.triu_indices(300, 1)]
    assert np.sqrt((pairs**2).mean()) == pytest.approx(0.1, abs=0.003)


def test_draws_follow_their_seed():
    signals, stakes = drawn_models(60, 8)
    found, again, other = (
        drawn(signals, stakes, seeded(seed), DropoutRule(20)) for seed in (3, 3, 4)
    )
    for name, value in vars(found).items():
        np.testing.assert_array_equal(value, getattr(again, name))
    assert (found.survives != other.survives).any()


def opposed(models, stocks=20):
    """Half of the models have one signal, the others its opposite."""
    signal = seeded(0).normal(size=(stocks, 1))
    return (signal - signal.mean()) / signal.std() * np.resize([1.0, -1.0], models)


def test_a_mask_with_a_constant_meta_model_is_left_out_of_the_law():
    signals, stakes = opposed(2), np.ones(2)
    draws = drawn(signals, stakes, seeded(0))
    assert draws.survives.tolist() == [[True, False], [False, True]]
    np.testing.assert_allclose(draws.weights, 0.5)
    stored, _ = prepare(drawn_problem(60), opposed(2, 60), drawn(opposed(2, 60), stakes, seeded(0)))
    returns = seeded(1).normal(size=(60, 1))
    values, *_ = true_contribution(stored, opposed(2, 60)[stored.places], returns)
    assert np.isfinite(values).all()


@pytest.mark.parametrize("models", [10, BLOCK + 6])
def test_a_draw_with_a_constant_meta_model_is_drawn_again(models):
    """Of so many opposed models it is constant where as many survive of either kind."""
    draws = drawn(opposed(models), np.ones(models), seeded(0), DropoutRule(600))
    net = draws.survives @ np.resize([1, -1], models)
    assert net.all() and draws.is_sample
    one, other = np.meshgrid(*[np.arange(models // 2 + 1)] * 2)
    chance = binom.pmf(one, models // 2, 0.5) * binom.pmf(other, models // 2, 0.5)
    chance[one == other] = 0.0
    size = np.maximum(np.abs(one - other), 1)
    expected = (chance / (2 * size)).sum() / chance.sum()
    np.testing.assert_allclose(draws.scales, 1 / (2 * np.abs(net)), rtol=1e-12)
    parts = 600 * draws.weights * draws.scales
    assert abs(parts.mean() - expected) <= STRAY * parts.std() / np.sqrt(600) + 1e-3


@pytest.mark.parametrize("models", [3, 10, BLOCK + 6])
def test_where_every_draw_is_constant_there_is_no_meta_model(models):
    signals = np.ones((20, models))
    with pytest.raises(errors.ConstantMetaModelError, match="every draw"):
        drawn(signals, np.ones(models), seeded(0))
    with pytest.raises(errors.ConstantMetaModelError):
        undropped(signals, np.ones(models))


@pytest.mark.parametrize(("dropout", "draws"), [(1.0, 100), (-0.1, 100), (np.nan, 100), (0.5, 0)])
def test_a_rule_that_means_nothing_is_refused(dropout, draws):
    with pytest.raises(errors.InvalidProblemError, match=f"{draws} draws with a dropout"):
        drawn(orthonormal(20, 3), np.ones(3), seeded(0), DropoutRule(draws, dropout))


@pytest.mark.parametrize(
    ("stakes", "error"),
    [
        (np.zeros(3), errors.NoStakeError),
        (np.array([1.0, -1.0, 2.0]), errors.InvalidSignalError),
        (np.array([1.0, np.nan, 2.0]), errors.InvalidSignalError),
        (np.array([1.0, np.inf, 2.0]), errors.InvalidSignalError),
    ],
)
@pytest.mark.parametrize("draw", [undropped, lambda *parts: drawn(*parts, seeded(0))])
def test_stakes_without_a_meta_model_are_refused(stakes, error, draw):
    with pytest.raises(error):
        draw(orthonormal(20, 3), stakes)


def test_a_constant_meta_model_and_signals_that_are_no_numbers_are_refused():
    signals = opposed(2)
    with pytest.raises(errors.ConstantMetaModelError, match="the meta model is constant"):
        standardized_meta_models(signals, np.ones((1, 2)))
    signals[4, 1] = np.nan
    with pytest.raises(errors.InvalidSignalError, match="prepared signal"):
        standardized_meta_models(signals, np.ones((1, 2)))


def test_a_quiet_models_variance_is_blended_with_that_of_all():
    parts = seeded(0).normal(size=(3, 50)) * np.array([[0.0], [1.0], [2.0]]) + 0.3
    found, halves = sampling_errors(parts)
    own = 50 * parts.var(axis=1, ddof=1)
    expected = (50 * own + PRIOR_DRAWS * own.mean()) / (50 + PRIOR_DRAWS)
    np.testing.assert_allclose(found**2, expected, rtol=1e-12)
    first, second = parts[:, :25].sum(axis=1), parts[:, 25:].sum(axis=1)
    assert halves == pytest.approx(np.corrcoef(first, second)[0, 1])
    assert np.isnan(sampling_errors(parts[:, :1])).all()


@pytest.mark.parametrize("followers", [0, 2])
def test_two_standard_errors_hold_the_exact_value_of_nineteen_models_in_twenty(followers):
    """One of ten staked models holds half of the stake; 300 sets of 256 draws against all 1,023 masks."""
    problem, signals, stakes = drawn_followers(60, 12, followers)
    returns = seeded(11).normal(size=(60, 1)) * 0.02
    every = drawn(signals, stakes, seeded(0), DropoutRule(1023))
    stored, _ = prepare(problem, signals, every)
    (slopes,) = gradients(stored, signals[stored.places], returns)
    truth = slopes @ every.weights
    places = {mask.tobytes(): place for place, mask in enumerate(every.survives)}
    is_held = []
    for seed in range(300):
        draws = drawn(signals, stakes, seeded(seed), DropoutRule(256), problem.exposures)
        parts = slopes[:, [places[mask.tobytes()] for mask in draws.survives]] * draws.weights
        off = np.abs(parts.sum(axis=1) - truth)
        is_held.append(off <= 1.96 * sampling_errors(parts)[0])
    coverage = np.mean(is_held, axis=0)
    assert 0.93 <= coverage.mean() <= 0.97 and coverage.min() >= 0.85


def test_two_sets_of_draws_agree_as_well_as_is_published():
    """99.5 % between repeats, in a tournament of thousands of models."""
    problem, (signals, stakes) = drawn_problem(500), drawn_models(500, 2000)
    returns, found = seeded(11).normal(size=(500, 1)) * 0.02, []
    for seed in (1, 2):
        stored, _ = prepare(problem, signals, drawn(signals, stakes, seeded(seed)))
        found.append(true_contribution(stored, signals[stored.places], returns)[0][:, 0])
    assert np.corrcoef(found)[0, 1] > 0.995
