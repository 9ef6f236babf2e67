"""How often TC ± 1.96 standard errors holds the truth, over many sets of draws; and how far TC is off.

`make bench` runs it on made-up rounds of 10, 500 and 2,000 staked models. With a warehouse and its landing as
arguments it takes every eighth round that is held there too:

    python tests/bench/coverage.py warehouse/kardashev.duckdb landing

Truth is the mean over every mask of the staked models where there are at most `EXACT` of them, elsewhere the
mean over `POOL` draws, of which the sets are taken, with replacement.
"""

import sys
from pathlib import Path

import duckdb
import numpy as np
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[1] / "kernels"))

from portfolios import drawn_followers, drawn_models, drawn_problem

from kardashev.inspection.contribution import held_round, landed_returns
from kardashev.portfolio.dropout import DropoutRule, drawn
from kardashev.portfolio.true_contribution import gradients, prepare, sampling_errors

STOCKS = 500
FEW, FEW_STOCKS, DRAWS_OF_FEW = 10, 60, 256
SETS = 300
EXACT, POOL = 14, 10_000
EACH = 8
RULE = DropoutRule(few_staked=64, draws_of_few=512)  # of dropout_rules.csv
NORMAL = 1.96
DAYS = """
select distinct round_number, target, score_day, known_at
from fct_true_contributions
where score_version = 'v1' and score_day = 20 and standard_error > 0
order by all
"""


def slopes(problem, signals, returns, draws):
    """The gradient (models, draws) at every draw."""
    stored, _ = prepare(problem, signals, draws)
    (found,) = gradients(stored, signals[stored.places], returns[:, None])
    return found


def coverage(problem, signals, stakes, returns, rule=RULE):
    """Share of sets that hold the truth (models,), and the root mean square error over TC's own spread."""
    staked = np.flatnonzero(stakes)
    count = rule.draws_for(len(staked))
    generator = np.random.default_rng(len(staked))
    if len(staked) <= EXACT:
        every = drawn(signals, stakes, generator, DropoutRule(2 ** len(staked)))
        found = slopes(problem, signals, returns, every)
        truth = found @ every.weights
        places = {mask.tobytes(): place for place, mask in enumerate(every.survives)}
        sets = []
        for _ in range(SETS):
            draws = drawn(signals, stakes, generator, rule, problem.exposures)
            here = [places[mask.tobytes()] for mask in draws.survives]
            sets.append(found[:, here] * draws.weights)
    else:
        pool = drawn(signals, stakes, generator, DropoutRule(POOL), problem.exposures)
        parts = slopes(problem, signals, returns, pool) * pool.weights
        truth = parts.sum(axis=1)
        sets = [parts[:, generator.choice(POOL, count)] * (POOL / count) for _ in range(SETS)]
    off = np.array([parts.sum(axis=1) - truth for parts in sets])
    errors = np.array([sampling_errors(parts)[0] for parts in sets])
    is_held = np.abs(off) <= NORMAL * errors
    return is_held.mean(axis=0), np.sqrt((off**2).mean()) / truth.std()


def made_up(staked, concentration):
    """Problem, signals, stakes and returns of a round; a log-normal stake is the more unequal the larger."""
    signals, _ = drawn_models(STOCKS, staked)
    rng = np.random.default_rng(staked)
    stakes = np.exp(concentration * rng.normal(size=staked))
    return drawn_problem(STOCKS), signals, stakes, rng.normal(size=STOCKS) * 0.02


def few_made_up():
    """As `made_up`, of ten staked models, one with half of the stake; two follow factors that are limited."""
    returns = np.random.default_rng(11).normal(size=FEW_STOCKS) * 0.02
    return *drawn_followers(FEW_STOCKS, FEW + 2, followers=2), returns


def held(database, landing):
    """Number, problem, signals, stakes and returns of the rounds whose signals a warehouse holds."""
    with duckdb.connect(database, read_only=True) as connection:
        days = connection.sql(DAYS).to_arrow_table().to_pylist()
        for day in list({day["round_number"]: day for day in days}.values())[::EACH]:
            block, stakes, problem = held_round(connection, day["round_number"])
            returns = landed_returns(connection, Path(landing), block, day)
            yield day["round_number"], problem, block.gaussian, stakes, returns


def line(name, staked, held_share, error):
    print(
        f"{name:<28} {staked:>6} {held_share.mean():>9.1%} {held_share.min():>9.1%} {error:>9.3f}",
        flush=True,
    )


def main():
    print(f"{'round':<28} {'staked':>6} {'held':>9} {'worst':>9} {'off':>9}")
    with threadpool_limits(1):
        line("made up, one holds half", FEW, *coverage(*few_made_up(), DropoutRule(DRAWS_OF_FEW)))
        for staked in (500, 2000):
            for concentration in (1, 2):
                name = f"made up, log-normal {concentration}"
                line(name, staked, *coverage(*made_up(staked, concentration)))
        for number, *of_round in held(*sys.argv[1:]) if sys.argv[1:] else ():
            line(f"round {number}", np.count_nonzero(of_round[2]), *coverage(*of_round))


if __name__ == "__main__":
    main()
