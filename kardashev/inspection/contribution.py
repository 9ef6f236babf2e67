"""A model's True Contribution beside what moving its stake does to the portfolio's return."""

from dataclasses import asdict, dataclass

import numpy as np

from kardashev.errors import WarehouseError
from kardashev.landing.reader import read_select
from kardashev.landing.tables import LANDED_TABLES
from kardashev.portfolio.moved_stakes import moved, returns_of_stakes
from kardashev.printing import print_json, print_table
from kardashev.rounds.blocks import DAY, Blocks
from kardashev.rounds.portfolios import portfolio_problem
from kardashev.rounds.prepared import PreparedBlock, Sources
from kardashev.warehouse.reading import applies_to_round, reading

STEPS = (1e-5, 1e-3, 1e-2)  # shares of the round's stake at risk by which the stake grows
SCORES = f"""
with known as (
    select scores.score_version, scores.value, scores.null_reason, scores.target, scores.score_day,
        scores.known_at, errors.standard_error, definitions.scale
    from fct_scores as scores
    inner join dim_rounds using (round_number)
    inner join score_definitions as definitions
        on definitions.tournament = dim_rounds.rule_set
        and definitions.score = scores.score
        and definitions.score_version = scores.score_version
        and {applies_to_round("definitions", "dim_rounds")}
    left join fct_true_contributions as errors
        on errors.round_number = scores.round_number and errors.model_id = scores.model_id
        and errors.score_version = scores.score_version and errors.target = scores.target
        and errors.score_day = scores.score_day and errors.known_at = scores.known_at
    where scores.score = 'tc' and scores.score_version in ('v1', 'undropped')
        and scores.round_number = $number and scores.model_id = $model
)
select * from known where score_day = (select max(score_day) from known)
"""
LIMITS = f"""
select dim_rounds.round_number, constraint_name, limit_value
from portfolio_limits
inner join dim_rounds on dim_rounds.rule_set = portfolio_limits.tournament
where {applies_to_round("portfolio_limits", "dim_rounds")}
"""
RETURNS = """
select targets.*, universe.stock_key
from ({landed}) as targets
inner join int_universe as universe using (round_number, stock_id)
where isfinite(targets.value)
"""


@dataclass(frozen=True)
class ContributionCheck:
    """Returns are shares of capital, over the days so far; TC is in the scale of the score.

    contributions : version → value, for ``v1`` and ``undropped``; standard_error : of ``v1``, or None
    scale : of the score
    target, score_day : what the returns are of
    stake, total : at risk, NMR: the model's and the round's
    base : return of the portfolio as it is
    amounts : by how much the stake is moved, NMR; the last is all of it
    changes : of the return, by each
    """

    contributions: dict
    standard_error: float | None
    scale: float
    target: str
    score_day: int
    stake: float
    total: float
    base: float
    amounts: np.ndarray
    changes: np.ndarray


def print_contribution_check(database, landing, model_id, round_number, as_json=False):
    """Prints the check of one model in one round to standard output.

    Parameters
    ----------
    database : Path of the warehouse; read only
    landing : Path of the landed files that it was built from
    model_id : str
    round_number : int
    as_json : bool

    Raises
    ------
    WarehouseError
        When the warehouse cannot be read, or does not hold what the check needs.
    PortfolioError
        When a portfolio cannot be solved.
    """
    with reading(database) as connection:
        check = checked_contribution(connection, landing, model_id, round_number)
    if as_json:
        arrays = {"amounts": check.amounts.tolist(), "changes": check.changes.tolist()}
        of = {"model_id": model_id, "round_number": round_number}
        print_json(of | asdict(check) | arrays)
    else:
        _print_check(check, model_id, round_number)


def _print_check(check, model_id, round_number):
    print(f"{model_id} in round {round_number}: day {check.score_day} of {check.target}")
    error = check.standard_error
    spread = "" if error is None else f" ± {error:.4f} over draws of stakes"
    spread = " over every draw of stakes there is" if error == 0 else spread
    facts = [
        ("stake at risk", f"{check.stake:.4f} of {check.total:.4f} NMR"),
        ("TC", f"{check.contributions['v1']:.4f}{spread}"),
        ("TC, undropped", f"{check.contributions['undropped']:.4f}"),
        ("portfolio's return", f"{check.base:.6f}"),
    ]
    print_table(None, facts)
    slope = check.contributions["undropped"] / check.scale
    moves = [
        (amount, change, check.scale * change / amount, slope * amount)
        for amount, change in zip(check.amounts, check.changes, strict=True)
        if amount
    ]
    print()
    heads = ("stake moved by", "return moves by", "times scale, by NMR", "undropped TC says")
    print_table(heads, moves, "{:+.4g}".format)
    if not check.stake:
        print("  without the model: nothing of it is at risk, so nothing changes")


def checked_contribution(connection, landing, model_id, round_number):
    """TC of a model in a round, and the portfolio's return with its stake moved.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection of the warehouse
    landing, model_id, round_number : as in `print_contribution_check`

    Returns
    -------
    ContributionCheck

    Raises
    ------
    WarehouseError, PortfolioError
    """
    scores = _scores(connection, model_id, round_number)
    score = scores["v1"]
    block, stakes, problem = held_round(connection, round_number)
    returns = landed_returns(connection, landing, block, score)
    place = block.models.ids.to_pylist().index(model_id)
    amounts = stakes.sum() * np.array(STEPS)
    sets = np.vstack([stakes, moved(stakes, place, amounts)])
    if stakes[place] == stakes.sum():
        sets = sets[:-1]  # nobody else's stake would make a portfolio
    else:
        amounts = np.append(amounts, -stakes[place])
    found = returns_of_stakes(problem, block.gaussian, sets, returns)
    return ContributionCheck(
        contributions={version: row["value"] for version, row in scores.items()},
        standard_error=score["standard_error"],
        scale=score["scale"],
        target=score["target"],
        score_day=score["score_day"],
        stake=stakes[place],
        total=stakes.sum(),
        base=found[0],
        amounts=amounts,
        changes=found[1:] - found[0],
    )


def held_round(connection, number):
    """What the portfolio of a round whose signals are held is made from.

    Parameters
    ----------
    connection : as in `checked_contribution`
    number : int

    Returns
    -------
    block : PreparedBlock
    stakes : array (models,), at risk
    problem : PortfolioProblem

    Raises
    ------
    WarehouseError
        When the signals are no longer held.
    """
    block = _block(connection, number)
    stakes = block.reader.values(
        connection.table("int_stakes_at_risk"),
        block.in_round,
        block.models,
        "model_key",
        "at_risk_nmr",
    )
    return block, np.nan_to_num(stakes), portfolio_problem(block, connection.sql(LIMITS))


def landed_returns(connection, landing, block, day):
    """Returns (stocks,) of a target day, a mapping of ``DAY``; 0 where none is landed."""
    day = block.in_round | {name: day[name] for name in DAY}
    targets = _landed_targets(connection, landing, day)
    return np.nan_to_num(block.reader.values(targets, day, block.stocks, "stock_key", "value"))


def _scores(connection, model_id, number):
    known = {"number": number, "model": model_id}
    if not connection.execute(
        "select 1 from dim_rounds where round_number = $n", {"n": number}
    ).fetchone():
        raise WarehouseError(f"round {number} is not in the warehouse")
    if not connection.execute(
        "select 1 from int_model_keys where model_id = $m", {"m": model_id}
    ).fetchone():
        raise WarehouseError(f"no model {model_id} is in the warehouse")
    rows = connection.execute(SCORES, known).to_arrow_table().to_pylist()
    scores = {row["score_version"]: row for row in rows}
    if set(scores) != {"v1", "undropped"}:
        raise WarehouseError(
            f"{model_id} has no TC in round {number}: no return is known yet, or its submission does "
            "not count"
        )
    for row in scores.values():
        if row["value"] is None:
            raise WarehouseError(f"{model_id} has no TC in round {number}: {row['null_reason']}")
    return scores


def _block(connection, number):
    sources = Sources(
        ranks=connection.table("int_signal_ranks"),
        models=connection.table("int_submissions"),
        universe=connection.table("int_universe"),
        loadings=connection.table("int_factor_loadings"),
    )
    block = PreparedBlock.read(Blocks(connection), number, sources)
    if not len(block.models):
        held = connection.execute(
            "select string_agg(distinct round_number, ', ' order by round_number) from int_signal_ranks"
        ).fetchone()[0]
        raise WarehouseError(
            f"the signals of round {number} are no longer held, as every score of it is final; "
            f"those of {held} are"
        )
    return block


def _landed_targets(connection, landing, day):
    """`RETURNS` of the landed files that hold a target day, a mapping of a round and ``DAY``."""
    conditions = " and ".join(f"{name} = ${name}" for name in day)
    paths = connection.execute(
        "select distinct path from int_landing_manifest where table_name = 'targets' "
        f"and problem is null and {conditions}",
        day,
    ).fetchall()
    files = sorted(landing / path for (path,) in paths)
    missing = [path for path in files if not path.is_file()]
    if missing:
        raise WarehouseError(f"{missing[0]} is not there: the warehouse was built from it")
    landed = read_select(connection, LANDED_TABLES["targets"], files)
    return connection.sql(RETURNS.format(landed=landed))
