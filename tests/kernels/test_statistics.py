"""Means with Newey–West errors against statsmodels, and in closed form."""

import duckdb
import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import S_hac_simple

from kardashev.kernels.statistics import newey_west_means, one_sided_p_values, overlapping_rounds
from kardashev.rounds.signal_statistics import signal_statistic_rows


def overlapping_returns(rounds, series, span, seed=1):
    """Sums over ``span`` rounds of independent draws, so that neighbours go together."""
    draws = np.random.default_rng(seed).normal(0.002, 0.02, (rounds + span - 1, series))
    return np.lib.stride_tricks.sliding_window_view(draws, span, axis=0).sum(axis=2)


def statsmodels_mean(values, lag):
    fit = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="HAC", cov_kwds={"maxlags": lag}, use_t=True
    )
    return fit.params[0], fit.bse[0], fit.tvalues[0], fit.pvalues[0]


@pytest.mark.parametrize("lag", [0, 1, 3, 19])
@pytest.mark.parametrize("rounds", [25, 240])
def test_means_and_errors_equal_statsmodels(rounds, lag):
    values = overlapping_returns(rounds, 30, lag + 1)
    _, means, errors = newey_west_means(values, lag)
    for place, column in enumerate(values.T):
        mean, error, statistic, _ = statsmodels_mean(column, lag)
        np.testing.assert_allclose(means[place], mean, rtol=1e-10)
        np.testing.assert_allclose(errors[place], error, rtol=1e-10)
        np.testing.assert_allclose(means[place] / errors[place], statistic, rtol=1e-10)


def test_without_overlap_p_values_equal_statsmodels():
    values = overlapping_returns(25, 30, 1)
    counts, means, errors = newey_west_means(values, 0)
    for found, column in zip(one_sided_p_values(means / errors, counts, 0), values.T, strict=True):
        _, _, statistic, two_sided = statsmodels_mean(column, 0)
        expected = two_sided / 2 if statistic > 0 else 1 - two_sided / 2
        np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize(("rounds", "span"), [(20, 4), (104, 4), (104, 20)])
def test_of_many_worthless_models_one_is_rarely_significant(rounds, span):
    models, trials = 38, 400
    values = overlapping_returns(rounds, models * trials, span) - 0.002 * span
    counts, means, errors = newey_west_means(values, span - 1)
    p_values = one_sided_p_values(means / errors, counts, span - 1).reshape(trials, models)
    assert (p_values.min(axis=1) < 0.05 / models).mean() < 0.1
    assert 0.03 < (p_values < 0.05).mean() < 0.08


def test_a_single_window_proves_nothing():
    counts = np.array([4, 5])
    assert np.isnan(one_sided_p_values(np.array([9.0, 9.0]), counts, 3)).tolist() == [True, False]


def test_a_missing_round_keeps_its_place():
    values = overlapping_returns(60, 8, 4)
    values[np.random.default_rng(2).random(values.shape) < 0.2] = np.nan
    counts, means, errors = newey_west_means(values, 3)
    for place, column in enumerate(values.T):
        residuals = np.nan_to_num(column - np.nanmean(column))[:, None]
        spread = S_hac_simple(residuals, nlags=3)[0, 0]
        assert counts[place] == np.isfinite(column).sum()
        np.testing.assert_allclose(means[place], np.nanmean(column), rtol=1e-12)
        np.testing.assert_allclose(errors[place], np.sqrt(spread) / counts[place], rtol=1e-10)


def test_rounds_without_any_value_at_either_end_change_nothing():
    values = overlapping_returns(30, 3, 4)
    padded = np.vstack([np.full((5, 3), np.nan), values, np.full((2, 3), np.nan)])
    for found, expected in zip(
        newey_west_means(padded, 3), newey_west_means(values, 3), strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_without_lags_the_error_is_the_plain_one():
    values = np.array([[1.0], [2.0], [6.0]])
    counts, means, errors = newey_west_means(values, 0)
    assert (counts[0], means[0]) == (3, 3.0)
    np.testing.assert_allclose(errors[0], np.sqrt(4 + 1 + 9) / 3)


def test_one_lag_by_hand():
    _, _, errors = newey_west_means(np.array([[1.0], [2.0], [6.0]]), 1)
    np.testing.assert_allclose(errors[0], np.sqrt(14 + 2 * 0.5 * (2 - 3)) / 3)


@pytest.mark.parametrize(
    "column", [[np.nan, np.nan], [1.0, np.nan], [0.1, 0.1], [0.0, 0.0]], ids=str
)
def test_what_has_no_error_has_no_statistic(column):
    counts, means, errors = newey_west_means(np.array(column)[:, None], 3)
    assert np.isnan(errors[0])
    assert counts[0] == np.isfinite(column).sum()
    assert np.isnan(means[0]) == (counts[0] == 0)


def test_scale_cancels_and_sign_turns():
    values = overlapping_returns(50, 4, 4)
    _, means, errors = newey_west_means(values, 3)
    _, other_means, other_errors = newey_west_means(-1e4 * values, 3)
    np.testing.assert_allclose(other_means / other_errors, -means / errors, rtol=1e-12)


def test_a_negative_lag_is_refused():
    with pytest.raises(ValueError, match="below 0"):
        newey_west_means(np.ones((3, 1)), -1)


def test_weekly_rounds_of_twenty_weekdays_overlap_with_three_others():
    weekly = 7 * np.arange(10)
    assert overlapping_rounds(weekly, 28) == 3
    assert overlapping_rounds(weekly, 84) == 9  # all there are
    assert overlapping_rounds(weekly[:2], 28) == 1
    daily = np.array([day for day in range(100) if day % 7 < 5])
    assert overlapping_rounds(daily, 28) == 19
    assert overlapping_rounds(weekly[:0], 28) == 0


def test_evidence_that_is_taken_back_counts_until_that_day():
    connection = duckdb.connect()
    evidence = connection.sql(
        """
        select number as round_number, date '2026-01-02' + 7 * number as era_date, 28 as calendar_days,
            model as model_id, 'tc' as evidence, cast(known_at as timestamp) as known_at,
            cast(value as double) as value
        from (values
            (1, 'a', '2026-03-01', 1), (2, 'a', '2026-03-01', 4), (9, 'a', '2026-03-01', 4),
            (2, 'a', '2026-03-02', null), (2, 'b', '2026-03-01', null), (2, 'b', '2026-03-03', 3)
        ) as v(number, model, known_at, value)
        """
    )
    dates = connection.sql(
        "select date '2026-02-28' + cast(range as integer) as as_of_date from range(1, 4)"
    )
    rows = signal_statistic_rows(connection, evidence, dates).read_all().to_pylist()
    found = [
        [row[c] for c in ("model_id", "round_count", "mean", "overlapping_rounds")] for row in rows
    ]
    assert found == [["a", 3, 3.0, 1], ["a", 2, 2.5, 0], ["a", 2, 2.5, 1], ["b", 1, 3.0, 1]]
