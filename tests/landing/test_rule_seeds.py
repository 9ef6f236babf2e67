"""Rules that mean nothing are refused before a build begins, each in one line with file, line and column."""

import csv
import shutil
from pathlib import Path

import pytest

from kardashev.errors import RuleError
from kardashev.warehouse.rules import BOUNDS, check_rules

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def faults(tmp_path):
    """A function of edits of seeds (name → text → text): the lines that refuse them."""
    for name in ("models", "python_models"):
        (tmp_path / name).symlink_to(PROJECT / name)
    shutil.copytree(PROJECT / "seeds", tmp_path / "seeds")

    def refused(**edits):
        for name, edit in edits.items():
            path = tmp_path / "seeds" / "rules" / f"{name}.csv"
            before = path.read_text()
            path.write_text(edit(before))
            assert path.read_text() != before
        with pytest.raises(RuleError) as error:
            check_rules(tmp_path)
        return str(error.value).splitlines()

    return refused


def replaced(old, new):
    return lambda text: text.replace(old, new, 1)


def with_row(seed, **cells):
    """Adds a copy of the seed's first row that differs in some cells."""

    def edit(text):
        rows = list(csv.DictReader(text.splitlines()))
        return text + ",".join((rows[0] | cells).values()) + "\n"

    return {seed: edit}


def test_the_rules_as_they_are_pass():
    check_rules(PROJECT)


def test_every_column_of_every_rule_seed_is_checked():
    folder = PROJECT / "seeds" / "rules"
    with (folder / "rule_columns.csv").open() as file:
        listed = {(row["seed_name"], row["column_name"]) for row in csv.DictReader(file)}
    bounds = {f"{end}_{bound}" for bound in BOUNDS for end in ("first", "last")}
    for path in folder.glob("*.csv"):
        columns = path.read_text().splitlines()[0].split(",")
        assert {(path.stem, column) for column in columns if column not in bounds} <= listed


# seed | cells of a new row, else a copy of the first | the column that is refused | how the fault begins
CELLS = """
score_definitions | score=a, family=corelation | family | 'corelation' is not one of correlation,
score_definitions | score=a, target=return_30 | target | 'return_30' is not one of none, and no target_def
score_definitions | score=a, meta_model=SWMN | meta_model | 'SWMN' is no meta_model_definitions
score_definitions | score=a, factor_set=standard_factors+medium | factor_set | 'medium' is not one of neutral
score_definitions | tournament=classic, factor_set=standard_factors | factor_set | 'standard_factors' is
score_definitions | score=a, family=contribution | meta_model | is empty, and needed
score_definitions | score=a, family=mpc | normalizer | is empty, and needed
score_definitions | score=a, has_target_power=yes | has_target_power | 'yes' is not true or false
score_definitions | score=a, top_bottom=2.5 | top_bottom | '2.5' is not a whole number
score_definitions | score=a, scale=0 | scale | 0 is not above 0
score_definitions | score=a, minimum_overlap=1.1 | minimum_overlap | 1.1 is not at most 1
canon_scores | metric=a, score=mpc, score_version=v9 | score_version | 'v9' is no score_definitions
canon_scores | metric=a, score_version=v3 | score_version | 'v3' is no score_definitions
meta_model_definitions | meta_model=A, weighting=stakes | weighting | 'stakes' is not one of stake, equal
meta_model_definitions | meta_model=A, minimum_stake_nmr=-1 | minimum_stake_nmr | -1 is not at least 0
meta_model_definitions | meta_model=A, tournament=huose | tournament | 'huose' is no score_definitions
contract_expectations | expectation=a, metric=row_cuont | metric | 'row_cuont' is not one of
contract_expectations | expectation=a, contract=round | contract | 'round' is not one of rounds
stability_rules | last_date=2020-01-01, window_days=0 | window_days | 0 is not at least 1
stability_rules | last_date=2020-01-01, fallback_days=0 | fallback_days | 0 is not at least 1
stability_rules | kind=lvie | kind | 'lvie' is not one of live, validation
stability_rules | churn_threshold=-0.15 | churn_threshold | -0.15 is not above 0
payout_rules | clip=nan | clip | 'nan' is not a number
payout_rules | first_date=2024-02-30 | first_date | '2024-02-30' is no date
payout_rules | first_round=9, last_round=8 | last_round | 8 is before first_round, 9
payout_terms | payout_rule=huose | payout_rule | 'huose' is no payout_rules
payout_terms | score=mcp | score | 'mcp' is no score_definitions.score, and no canon_scores.metric
payout_terms | score=alpha, score_version=v9 | score_version | 'v9' is not one of official, and no
payout_terms | multiplier=-1 | multiplier | -1 is not at least 0
portfolio_limits | constraint_name=grss | constraint_name | 'grss' is not one of dollar
portfolio_limits | constraint_name=gross:all | constraint_name | 'gross:all' is not one of
portfolio_limits | constraint_name=factor: | constraint_name | 'factor:' is not one of
portfolio_limits | limit_value=-0.1 | limit_value | -0.1 is not at least 0
dropout_rules | draws=0 | draws | 0 is not at least 1
dropout_rules | dropout=1 | dropout | 1 is not below 1
dropout_rules | few_staked=-1 | few_staked | -1 is not at least 0
dropout_rules | draws_of_few=0 | draws_of_few | 0 is not at least 1
dropout_rules | draws=100000000 | draws | 100000000 is not at most 10000
dropout_rules | first_round=99999999999 | first_round | '99999999999' is no round
dropout_rules | last_round=-1 | last_round | '-1' is no round
stability_rules | window_days=2000000000 | window_days | 2000000000 is not at most 3660
reputation_windows | months=9999999999 | months | 9999999999 is not at most 1200
target_definitions | target=a, final_score_day=3000000000 | final_score_day | 3000000000 is not at most 1000
payout_terms | multiplier=1e300 | multiplier | 1e300 is not at most 1000
portfolio_limits | limit_value=1e300 | limit_value | 1e300 is not at most 1000000
trading_costs | cost_per_turnover=inf | cost_per_turnover | 'inf' is not a number
contribution_rules | significance=5 | significance | 5 is not below 1
target_definitions | target=a, final_score_day=0 | final_score_day | 0 is not at least 1
reputation_windows | reputation_window= a | reputation_window | ' a' has a blank
"""


@pytest.mark.parametrize("case", CELLS.strip().splitlines())
def test_a_cell_that_means_nothing_is_named(faults, case):
    seed, cells, column, fault = case.split(" | ")
    row = with_row(seed, **dict(cell.split("=") for cell in cells.split(", ")))
    last = len((PROJECT / "seeds" / "rules" / f"{seed}.csv").read_text().splitlines()) + 1
    expected = f"seeds/rules/{seed}.csv line {last}, column {column}: {fault}"
    found = faults(**row)
    assert any(line.startswith(expected) for line in found), found


@pytest.mark.parametrize(
    "row",
    [
        with_row("score_definitions"),
        with_row("score_definitions", first_round="5"),
        with_row("meta_model_definitions", last_round="5", weighting="equal"),
        with_row("portfolio_limits", limit_value="1"),
        with_row("stability_rules", first_date="2024-01-01"),
        with_row("payout_rules", payout_rule="other", first_date="2024-01-01"),
        with_row("contract_expectations", tournament="house"),
        with_row("factor_sets"),
        with_row("payout_terms", multiplier="2"),
    ],
    ids=lambda row: next(iter(row)),
)
def test_rows_that_apply_to_one_round_are_refused(faults, row):
    (line,) = faults(**row)
    assert line.endswith("line 2")


def test_rows_whose_rounds_or_days_do_not_meet_are_one_series(faults):
    dates = {"first_date": "2024-01-01", "last_date": "2024-06-30"}
    extra = with_row("dropout_rules", first_round="10")["dropout_rules"]
    apart = replaced("house,,,,,100", "house,,9,,,100")
    days = with_row("payout_rules", payout_rule="other", **dates)["payout_rules"]
    ended = replaced("house,house,,,,,", "house,house,,,2024-07-01,,")
    (line,) = faults(
        dropout_rules=lambda text: apart(extra(text)),
        payout_rules=lambda text: ended(days(text)),
        trading_costs=replaced("0.0010", "x"),
    )
    assert (
        line
        == "seeds/rules/trading_costs.csv line 2, column cost_per_turnover: 'x' is not a number"
    )


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (replaced("draws", "drwas"), "line 1: no column is named 'drwas'"),
        (replaced(",draws", ""), "line 2 has"),
        (replaced(",0.5", ""), "line 2 has"),
        (lambda text: text.splitlines()[0] + "\n", "no rows"),
        (lambda text: "", "no rows"),
    ],
)
def test_a_seed_of_another_form_is_named(faults, edit, fault):
    (line,) = faults(dropout_rules=edit)
    assert line.startswith(f"seeds/rules/dropout_rules.csv: {fault}")
