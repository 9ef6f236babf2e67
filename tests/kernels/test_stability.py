"""Churn and turnover against the organiser's code and plain re-ranking."""

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numerai_tools import scoring, signals

from kardashev.kernels.ranking import doubled_rank
from kardashev.kernels.stability import churn, normalized, ranks_among, turnover
from kardashev.rounds.matrices import packed, unpacked
from kardashev.rounds.neutralized import LOADINGS
from kardashev.rounds.prepared import Sources
from kardashev.rounds.stability import stability_rows

STOCKS, MODELS = 60, 5


def drawn(seed, ties, stocks=STOCKS):
    rng = np.random.default_rng(seed)
    values = rng.random((stocks, MODELS))
    return np.round(values * ties) if ties else values


@given(seed=st.integers(0, 2**32), ties=st.sampled_from([0, 1, 3, 20]), share=st.floats(0.02, 1))
def test_ranks_among_some_stocks_are_those_that_ranking_them_alone_gives(seed, ties, share):
    values = drawn(seed, ties)
    kept = np.random.default_rng(seed).random(STOCKS) < share
    found = ranks_among(doubled_rank(values), kept)
    np.testing.assert_array_equal(found, doubled_rank(values[kept]))


@given(seed=st.integers(0, 2**32), ties=st.sampled_from([0, 3, 20]))
def test_churn_is_the_organisers(seed, ties):
    later, earlier = drawn(seed, ties), drawn(seed + 1, ties)
    found = churn(doubled_rank(later), doubled_rank(earlier))
    for model in range(MODELS):
        sides = (pd.Series(side[:, model]) for side in (later, earlier))
        assert found[model] == pytest.approx(signals.churn(*sides), abs=1e-12)


def test_churn_is_two_for_a_reversal_nought_for_the_same_and_missing_for_a_constant():
    later = np.array([[2, 2, 4], [4, 4, 4], [6, 6, 4]])
    earlier = np.array([[6, 2, 2], [4, 4, 4], [2, 6, 6]])
    np.testing.assert_array_equal(churn(later, earlier), [2, 0, np.nan])


def test_turnover_is_half_of_what_moved_between_normalised_weights():
    """1 and 3 are −0.5 and 0.5; before, of 5, 1 and 3 the first two are 0.5 and −0.5: all of it moved."""
    later, earlier = normalized(np.array([[1.0], [3]])), normalized(np.array([[5.0], [1], [3]]))
    np.testing.assert_array_equal(turnover(later, earlier[:2]), [1])
    assert np.isnan(normalized(np.ones((3, 1)))).all()


@given(seed=st.integers(0, 2**32))
def test_turnover_is_the_organisers(seed):
    later, earlier = (pd.DataFrame(drawn(s, 0)) for s in (seed, seed + 1))
    found = turnover(normalized(later.to_numpy()), normalized(earlier.to_numpy()))
    for model in later:
        sides = [scoring.center(side[[model]]) for side in (later, earlier)]
        sides = [side / side.abs().sum() for side in sides]
        assert found[model] == pytest.approx(
            signals.turnover(*(s[model] for s in sides)), abs=1e-12
        )


def one(ranks):
    """Packed ranks of one model."""
    return packed(np.array([ranks]))[0].as_py()


def held(rounds):
    """Relations of rounds that are held: number → (stocks, form → model → ranks)."""
    connection = duckdb.connect()
    universe, ranks, models = [], [], []
    for number, (stocks, forms) in rounds.items():
        universe += [(number, stock, f"S{stock}", 1.0) for stock in stocks]
        ranks += [(number, f, m, one(r)) for f, of in forms.items() for m, r in of.items()]
        models += [(number, model, f"m{model}") for model in forms["plain"]]
    tables = {
        "universe": (universe, "round_number, stock_key, stock_id, sample_weight"),
        "ranks": (ranks, "round_number, signal_form, model_key, doubled_ranks"),
        "models": (models, "round_number, model_key, model_id"),
    }
    found = {}
    for name, (rows, columns) in tables.items():
        connection.register("given", pd.DataFrame(rows, columns=columns.split(", ")))
        connection.execute(f"create table {name} as from given")
        found[name] = connection.table(name)
    connection.from_arrow(LOADINGS.empty_table()).create("loadings")
    return connection, Sources(**found, loadings=connection.table("loadings"))


def compared(connection, sources, *pairs):
    columns = ["round_number", "lag_round", "minimum_overlap"]
    connection.register("given", pd.DataFrame(pairs, columns=columns))
    connection.execute("create table pairs as from given")
    reader = stability_rows(connection, connection.table("pairs"), sources)
    return reader.read_all().to_pandas().set_index(["round_number", "lag_round", "model_key"])


def test_two_rounds_are_comparable_from_four_fifths_of_either_on():
    """Of five stocks four are shared: enough, just. Of four against five three are shared: not enough."""
    five, four = [2, 4, 6, 8, 10], [2, 4, 6, 8]
    connection, sources = held(
        {
            1: ([1, 2, 3, 4, 9], {"plain": {1: five}}),
            2: ([3, 4, 5, 9], {"plain": {1: four}}),
            3: ([1, 2, 3, 4, 5], {"plain": {1: five}}),
        }
    )
    found = compared(connection, sources, (3, 1, 0.8), (3, 2, 0.8))["churn"]
    assert found.loc[(3, 1, 1)] == 0
    assert np.isnan(found.loc[(3, 2, 1)])


def test_a_pair_has_each_figure_that_can_be_taken():
    """Model 1 has a neutral form in both rounds, model 2 in one, and model 3 no submission in one of them."""
    up, down = [2, 4, 6], [6, 4, 2]
    connection, sources = held(
        {
            1: ([1, 2, 3], {"plain": {1: up, 2: up}, "neutralizers": {1: up, 2: up}}),
            2: ([1, 2, 3], {"plain": {1: down, 2: up, 3: up}, "neutralizers": {1: up, 3: up}}),
        }
    )
    found = compared(connection, sources, (2, 1, 0.8)).loc[(2, 1)]
    assert found["churn"].to_dict() == {1: 2, 2: 0}
    assert found["neutral_churn"].to_dict() == {1: 0, 2: pytest.approx(np.nan, nan_ok=True)}
    assert found["turnover"].isna().all()


@pytest.mark.parametrize(
    "values",
    [
        np.array([[1, 2], [3, 400]]),
        np.array([[1, 70000]], np.int32),
        np.array([[np.nan, 1.0], [-0.1, np.inf]]),
        np.arange(12).reshape(3, 4).T,
        np.arange(6.0).reshape(2, 3).T,
        np.empty((0, 5)),
        np.empty((2, 0), int),
    ],
)
def test_what_is_packed_comes_back_from_a_database(values):
    with duckdb.connect() as connection:
        given = pa.table({"place": range(len(values)), "bytes": packed(values)})
        connection.register("given", given)
        connection.execute("create table held as from given")
        held = connection.sql("select bytes from held order by place").to_arrow_table()["bytes"]
    kind = "u" if np.issubdtype(values.dtype, np.integer) else "f"
    np.testing.assert_array_equal(unpacked(held, values.shape[1], kind), values)
    np.testing.assert_array_equal(unpacked(held[1:], values.shape[1], kind), values[1:])


def test_whole_numbers_are_packed_as_wide_as_the_largest_needs():
    pairs = (packed(np.array([[0, largest]])) for largest in (255, 256, 65536))
    assert [len(pair[0].as_py()) for pair in pairs] == [2, 4, 8]
