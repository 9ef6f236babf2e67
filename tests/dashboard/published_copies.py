"""Published copies to look at, without a build: tables as the marts' contracts have them, with drawn rows."""

from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import yaml

PROJECT = Path(__file__).parents[2]
PUBLISHED = ("fct_", "dim_", "leaderboard_")
NAMES = [
    *("Compass", "Blend", "Whale", "Minnow", "Dice", "Rebound", "Swift", "Mirror", "Loud", "Calm"),
    *("Summit", "Echo"),
]
HOSTILE = [
    "<script>alert(1)</script>",
    "x" * 300,
    "مرحبا بالعالم",
    "\u202egnp.exe\u202c \u200f",
    "=cmd|' /C calc'!A0",
    "![i](http://evil.invalid/i.png) **bold** [link](http://evil.invalid) :red[x] $x^2$",
    "<img src=http://evil.invalid/i.png onerror=alert(1)>",
    "\x1b[31mred\x1b[0m\nline",
    "'; drop table fct_scores; --",
    "http://evil.invalid/?a=1&b=2#c",
    "%s {0} ${x} </style></svg>",
    "🦊" * 40,
]
ROUNDS, ERAS = 30, 16  # live rounds, historical ones
SERIES = (
    ("mmc", "v1", "factor_neutral_20", 0.02),
    ("corr_v4", "v1", "factor_feat_neutral_20", 0.03),
    ("tc", "v1", "return_20", 0.4),
)
FREE = ("mcwsm", "apcwsm", "cwmm", "max_exposure", "rms_exposure")
STOCKS = [f"S{number:03d}" for number in range(40)]


@cache
def contracts():
    """Columns and their types of every published mart, by its name."""
    found = {}
    for path in (PROJECT / "models").rglob("_*__models.yml"):
        for model in yaml.safe_load(path.read_text())["models"]:
            if model["name"].startswith(PUBLISHED):
                columns = model["columns"]
                found[model["name"]] = {c["name"]: c["data_type"] for c in columns}
    return found


def make_empty_copy(path):
    """A copy with every mart, without a row."""
    with duckdb.connect(str(path)) as connection:
        for name, columns in contracts().items():
            typed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            connection.execute(f'create table "{name}" ({typed})')
    return path


def make_copy(path, names=NAMES, are_ids=False):
    """A copy with rows for every page; each name is one model's, or its id and its account's, too."""
    make_empty_copy(path)
    with duckdb.connect(str(path)) as connection:
        for table, rows in _tables(names, are_ids).items():
            _fill(connection, table, pd.DataFrame(rows))
    return path


def _fill(connection, table, rows):
    """Inserts rows; columns that the mart does not have are left out, others are null."""
    found = contracts().get(table)
    if found is None:
        return
    columns = [column for column in rows.columns if column in found]
    listed = ", ".join(f'"{column}"' for column in columns)
    connection.register("rows", rows[columns])
    connection.execute(f'insert into "{table}" ({listed}) select * from rows')
    connection.unregister("rows")


def _tables(names, are_ids):
    random = np.random.default_rng(17)
    models = [
        {
            "model_id": name if are_ids else f"model_{place}",
            "account_id": name if are_ids else f"account_{place // 2}",
            "display_name": name,
            "is_benchmark": False,
            "created_at": pd.Timestamp("2025-01-01"),
        }
        for place, name in enumerate(names)
    ]
    ids = [model["model_id"] for model in models]
    live = list(range(100, 100 + ROUNDS))
    eras = list(range(1, 1 + ERAS))
    rounds = [
        _round(number, pd.Timestamp("2025-01-03") + pd.Timedelta(weeks=place), "live", place < 26)
        for place, number in enumerate(live)
    ]
    rounds += [
        _round(
            number, pd.Timestamp("2015-01-02") + pd.Timedelta(weeks=4 * place), "validation", True
        )
        for place, number in enumerate(eras)
    ]
    tables = {"dim_models": models, "dim_rounds": rounds}
    tables["fct_scores"] = _scores(random, ids, rounds)
    tables |= _participation(random, ids, rounds[:ROUNDS])
    tables |= _standings(random, models, rounds[:ROUNDS])
    tables |= _fund(random, models, rounds[:ROUNDS])
    tables |= _replay(random, ids, live)
    return tables


def _round(number, era, kind, is_resolved):
    return {
        "round_number": number,
        "tournament": "house",
        "rule_set": "house",
        "kind": kind,
        "era_date": era,
        "open_at": era + pd.Timedelta(hours=37),
        "close_at": era + pd.Timedelta(hours=86),
        "is_resolved": is_resolved,
        "churn_threshold": 0.15 if kind == "live" else None,
        "turnover_threshold": 0.2 if kind == "live" else None,
    }


def _scores(random, ids, rounds):
    rows = []
    for one in rounds:
        number = one["round_number"]
        key = {"round_number": number, "known_at": one["close_at"], "scored_at": one["close_at"]}
        for place, model_id in enumerate(ids):
            for score, version, target, size in SERIES:
                days = [20] if one["is_resolved"] else [3, 4]  # a round that runs keeps its days
                for day in days:
                    rows.append(
                        key
                        | {
                            "model_id": model_id,
                            "score": score,
                            "score_version": version,
                            "target": target,
                            "score_day": day,
                            "value": random.normal(0.002, size),
                            "percentile": (place + 0.5) / len(ids),
                            "is_final": one["is_resolved"],
                            "is_canon": True,
                            "metric": score,
                        }
                    )
            for score in FREE:
                near = {"mcwsm": ids[place - 1], "max_exposure": f"factor_{number % 3}"}
                rows.append(
                    key
                    | {
                        "model_id": model_id,
                        "score": score,
                        "score_version": "v1",
                        "target": "none",
                        "score_day": 0,
                        "value": random.uniform(0.1, 0.9),
                        "attained_by": near.get(score),
                        "is_final": True,
                        "is_canon": False,
                    }
                )
    return rows


def _participation(random, ids, rounds):
    submissions, stakes, stability, payouts, ledger, contributions = [], [], [], [], [], []
    totals, verdicts = [], []
    for one in rounds:
        number, closed = one["round_number"], one["close_at"]
        for place, model_id in enumerate(ids):
            key = {"round_number": number, "model_id": model_id}
            is_bad = place == 2 and number % 3 == 0
            reasons = "signals at most 1: largest_signal is 99.8, expected at most 1"
            submissions.append(
                key
                | {
                    "status": "quarantined" if is_bad else "accepted",
                    "reasons": reasons if is_bad else None,
                    "submitted_at": closed,
                    "stocks_matched": 40,
                    "stocks_unknown": 0,
                    "stocks_filled": 1,
                }
            )
            verdicts.append(
                key
                | {
                    "contract": "submission",
                    "subject": str(closed),
                    "expectation": "signals at most 1",
                    "scope": "submission",
                    "success": not is_bad,
                    "metric": "largest_signal",
                    "observed": 99.8 if is_bad else 0.9,
                    "expected": "at most 1",
                    "advice": "rank the signal",
                    "checked_at": closed,
                }
            )
            churn, turnover = random.uniform(0.02, 0.17), random.uniform(0.1, 0.22)
            stability.append(
                key
                | {
                    "lag_round": number - 1,
                    "churn": churn,
                    "turnover": turnover,
                    "is_comparable": True,
                }
            )
            stake = 10.0 * (place + 1)
            is_zeroed = is_bad or churn >= 0.15 or turnover >= 0.2
            at_risk = 0.0 if is_zeroed else stake
            reason = f"churn is {churn:.3g}, expected below 0.15" if is_zeroed else None
            stakes.append(
                key
                | {
                    "stake_nmr": stake,
                    "at_risk_nmr": at_risk,
                    "zeroed_reason": reason,
                    "max_churn": churn,
                    "max_turnover": turnover,
                    "mean_neutral_churn": churn,
                }
            )
            ledger.append(key | {"stake_nmr": stake, "settled_nmr": 0.1, "other_change_nmr": 0.0})
            payout = at_risk * random.normal(0.001, 0.01)
            is_settled = one["is_resolved"]
            payouts.append(
                key
                | {
                    "payout_rule": "house",
                    "stake_nmr": stake,
                    "at_risk_nmr": at_risk,
                    "payout_factor": 1.0,
                    "score_used": 0.01,
                    "payout_nmr": payout if is_settled else None,
                    "pending_nmr": None if is_settled else payout,
                    "is_settled": is_settled,
                    "unpaid_reason": reason,
                    "settled_at": closed if is_settled else None,
                    "known_at": closed,
                    "revision_count": 0,
                }
            )
            contributions.append(
                key
                | {
                    "score_version": "v1",
                    "target": "return_20",
                    "score_day": 20,
                    "known_at": closed,
                    "value": random.normal(0, 0.3),
                    "standard_error": 0.05,
                }
            )
        totals.append(
            {
                "round_number": number,
                "models_at_risk": len(ids),
                "at_risk_nmr": 500.0,
                "paid_nmr": 1.5,
            }
        )
    return {
        "fct_submissions": submissions,
        "fct_stakes": stakes,
        "fct_stability": stability,
        "fct_payouts": payouts,
        "fct_stake_ledger": ledger,
        "fct_true_contributions": contributions,
        "fct_round_payouts": totals,
        "fct_contract_results": verdicts,
    }


def _standings(random, models, rounds):
    rows, accounts, types, seasons = [], [], [], []
    for one in rounds[5:]:
        day = one["close_at"].normalize()
        for score in ("mmc", "tc"):
            places = random.permutation(len(models))
            for place, model in zip(places, models, strict=True):
                standing = {
                    "as_of_date": day,
                    "score": score,
                    "rank": int(place) + 1,
                    "previous_rank": int(place) + 2,
                    "reputation": 0.01 - 0.001 * int(place),
                    "reputation_three_months": random.normal(0, 0.01),
                    "reputation_all_time": random.normal(0, 0.01),
                    "round_count": 20,
                    "stake_nmr": 10.0,
                    "at_risk_nmr": 5.0,
                    "return_one_year": 0.01,
                    "payout_one_year_nmr": 0.1,
                }
                rows.append(
                    standing | {k: model[k] for k in ("model_id", "account_id", "display_name")}
                )
            for place, account in enumerate(sorted({model["account_id"] for model in models})):
                accounts.append(standing | {"account_id": account, "rank": place + 1})
        for model in models:
            types.append(
                {
                    "model_id": model["model_id"],
                    "as_of_date": day,
                    "kardashev_type": "I",
                    "is_type_one": True,
                    "is_type_two": False,
                    "is_type_three": False,
                    "return_rounds": 25,
                    "return_t": 2.5,
                    "return_p": 0.01,
                    "net_return_t": 1.0,
                    "net_return_p": 0.4,
                    "tc_rounds": 25,
                    "tc_t": random.normal(),
                    "tc_p": 0.5,
                    "mpc_rounds": 20,
                    "mpc_t": -0.5,
                    "mpc_p": 1.0,
                }
            )
    for place, account in enumerate(sorted({model["account_id"] for model in models})):
        seasons.append(
            {
                "account_id": account,
                "season": 2025,
                "score": "mmc",
                "season_score": 0.02 - 0.002 * place,
                "qualified_rounds": 24,
                "rank": place + 1,
                "title": "Grandmaster" if place == 0 else "Expert",
            }
        )
    return {
        "leaderboard_models": rows,
        "leaderboard_accounts": accounts,
        "fct_signal_types": types,
        "leaderboard_seasons": seasons,
    }


def _fund(random, models, rounds):
    performance, exposures, portfolios, solutions, moved = [], [], [], [], []
    indicators, misplaced, underrated = [], [], []
    wealth = np.cumprod(1 + random.normal(0.001, 0.01, len(rounds)))
    for place, one in enumerate(rounds):
        number, is_final = one["round_number"], one["is_resolved"]
        lost = float(1 - wealth[place] / max(wealth[: place + 1].max(), 1))
        performance.append(
            {
                "round_number": number,
                "score_day": 20 if is_final else 4,
                "target": "return_20",
                "known_at": one["close_at"],
                "is_final": is_final,
                "portfolio_return": 0.001,
                "net_return": 0.0005,
                "turnover": 0.5,
                "cumulative_return": float(wealth[place]) - 1,
                "net_cumulative_return": float(wealth[place]) - 1.001,
                "drawdown": lost,
                "net_drawdown": lost,
                "sharpe_one_year": random.normal(),
                "net_sharpe_one_year": random.normal(),
                "staked_models": 10 + place % 3,
                "at_risk_nmr": 500.0,
                "swmm_corr_v4": random.normal(0.01, 0.02),
                "swmm_ic_v2": random.normal(0.01, 0.02),
            }
        )
        solutions.append({"round_number": number, "status": "solved", "stocks_held": len(STOCKS)})
        for constraint in ("dollar", "gross", "country:US", "sector:Energy", "factor:beta"):
            exposures.append(
                {
                    "round_number": number,
                    "constraint_name": constraint,
                    "exposure": 0.05 if constraint == "factor:beta" else 0.0,
                    "lower_limit": -0.05,
                    "upper_limit": 0.05,
                    "is_binding": constraint == "factor:beta",
                    "dual": 0.1 if constraint == "factor:beta" else 0.0,
                }
            )
        for stock in STOCKS:
            portfolios.append(
                {"round_number": number, "stock_id": stock, "weight": random.normal(0, 0.02)}
            )
        for meta_model in ("SWMM", "SNWMM"):
            moved.append(
                {
                    "round_number": number,
                    "meta_model": meta_model,
                    "lag_round": number - 1,
                    "churn": 0.01,
                    "turnover": 0.1,
                    "mean_member_churn": 0.02,
                    "mean_member_turnover": 0.15,
                    "member_count": 12,
                }
            )
        for best, metric in enumerate(("mmc", "corr_v4")):
            indicators.append(
                {
                    "round_number": number,
                    "metric": metric,
                    "score": metric,
                    "score_version": "v1",
                    "spearman": random.uniform(-1, 1),
                    "mean_spearman_one_year": 0.6 - 0.3 * best + 0.01 * place,
                    "rounds_one_year": place + 1,
                    "place_one_year": best + 1,
                    "model_count": 12,
                }
            )
    day = rounds[-1]["close_at"].normalize()
    for one, other in zip(models[:4], models[4:8], strict=True):
        misplaced.append(
            {
                "as_of_date": day,
                "account_id": one["account_id"],
                "model_id": one["model_id"],
                "stake_nmr": 100.0,
                "stake_share": 0.9,
                "mean_tc": -0.1,
                "better_model_id": other["model_id"],
                "better_mean_tc": 0.1,
                "shortfall": 20.0,
            }
        )
        underrated.append(
            {
                "as_of_date": day,
                "account_id": other["account_id"],
                "model_id": other["model_id"],
                "mean_tc": 0.1,
                "tc_percentile": 0.9,
                "mean_corr": 0.0,
                "corr_percentile": 0.4,
                "percentile_gap": 0.5,
                "round_count": 20,
                "stake_nmr": 1.0,
            }
        )
    return {
        "fct_fund_performance": performance,
        "fct_portfolio_exposures": exposures,
        "fct_portfolios": portfolios,
        "fct_portfolio_solutions": solutions,
        "fct_meta_model_stability": moved,
        "fct_contribution_indicators": indicators,
        "fct_misplaced_stakes": misplaced,
        "fct_underrated_models": underrated,
    }


def _replay(random, ids, live):
    stakes, scores = [], []
    span = {"first_round": live[0], "last_round": live[19]}
    for rule in ("frozen", "house"):
        for place, number in enumerate(live[:20]):
            for model_id in ids:
                grown = 0.0 if rule == "frozen" else 0.5 * place
                stakes.append(
                    span
                    | {
                        "payout_rule": rule,
                        "round_number": number,
                        "model_id": model_id,
                        "stake_nmr": 20 + grown,
                        "at_risk_nmr": 20 + grown,
                        "payout_nmr": grown,
                    }
                )
            scores.append(
                span
                | {
                    "payout_rule": rule,
                    "round_number": number,
                    "meta_model": "SWMM",
                    "score": "corr_v4",
                    "score_version": "v1",
                    "target": "factor_feat_neutral_20",
                    "value": random.normal(0.01, 0.02),
                    "frozen_value": 0.01,
                }
            )
    return {"fct_replayed_stakes": stakes, "fct_replayed_scores": scores}
