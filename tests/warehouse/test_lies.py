"""What an operator lands wrong is named by file and round, refuses its round alone, and heals when corrected.

Each lie has a round of its own, too far from the others to stand in their windows; one round tells the truth.
"""

import shutil

import numpy as np
import pandas as pd
import pytest
import tournament
from harness import Warehouse

TRUE_ROUND = 2
UNKNOWN_ROUND = 99  # in no calendar
NEGATIVE_ROUND = -1


def rewritten(table, change, name="{}"):
    """A lie: a file of a table, changed; without a change it is not landed."""

    def tell(landing, number):
        path = landing / table / f"{name.format(number)}.parquet"
        if change is None:
            path.unlink()
        else:
            change(pd.read_parquet(path)).to_parquet(path, index=False)

    return tell


def several(*lies):
    def tell(landing, number):
        for lie in lies:
            lie(landing, number)

    return tell


def all_rows(**values):
    return lambda frame: frame.assign(**values)


def first_row(**values):
    def change(frame):
        frame = frame.astype({name: object for name in values if values[name] is None})
        frame.loc[frame.index[0], list(values)] = list(values.values())
        return frame

    return change


def returns(**values):
    def change(frame):
        is_return = frame["target"] == "return_20"
        return frame.assign(**{n: frame[n].where(~is_return, v) for n, v in values.items()})

    return change


def with_scores(**values):
    """Scores taken elsewhere, one of them wrong."""

    def tell(landing, number):
        known_at = tournament.open_at(number) + 40 * tournament.DAY
        row = {"round_number": number, "model_id": "model_a", "score": "ric", "score_version": "v1"}
        row |= {"score_day": 20, "value": 0.01, "known_at": known_at}
        frame = pd.DataFrame([row, row | {"model_id": "model_b"} | values])
        tournament.write(frame, landing, "scores", number)

    return tell


def twice(frame):
    return pd.concat([frame, frame.head(1)])


def doubled(frame):
    return frame.assign(n_1=frame["n_1"] * 2)


def closes_at_opening(frame):
    return frame.assign(close_at=frame["open_at"])


def of_two_values(frame):
    is_lied = frame["target"] == "raw_return_20"
    return frame.assign(value=frame["value"].where(~is_lied, (frame["value"] > 0.5) * 1.0))


def with_words(frame):
    texts = frame["size"].astype(str)
    return frame.assign(size=texts.where(frame.index > 0, "n/a"))


LONG_AGO = pd.Timestamp("2026-01-01", tz="UTC")
FAR_AWAY = pd.Timestamp("2999-01-01", tz="UTC")
FAR_ROUND = {
    "era_date": FAR_AWAY.date(),
    "open_at": FAR_AWAY,
    "close_at": FAR_AWAY + tournament.DAY,
}
BEYOND_CALENDARS = np.datetime64("294246-12-31", "us")  # the last year that DuckDB has
TARGETS, UPLOAD = "{}_20_20_0", "{}_model_a_1"
KNOWN_FAR_AWAY = rewritten("targets", returns(known_at=FAR_AWAY), TARGETS)
NEVER_CLOSING = {"era_date": LONG_AGO.date(), "close_at": FAR_AWAY}
LIES = {
    "universe: universe landed": rewritten("universe", None),
    "universe: stocks named": rewritten("universe", first_row(stock_id=None)),
    "universe: identifiers tell stocks apart": rewritten("universe", all_rows(ticker="X")),
    "universe: weights in range": rewritten("universe", first_row(sample_weight=1e12)),
    "neutralizers: values in range": rewritten("neutralizers", first_row(n_1=1e30)),
    "neutralizers: stocks named": rewritten("neutralizers", first_row(stock_id=None)),
    "factors: values in range": rewritten("factors", first_row(size=1e30)),
    "factors: stocks named": rewritten("factors", first_row(stock_id=None)),
    "stakes: models named": rewritten("stakes", first_row(model_id=None)),
    "stakes: stakes in range": rewritten("stakes", first_row(stake_nmr=1e21)),
    "stakes: stakes not too small": rewritten("stakes", first_row(stake_nmr=1e-10)),
    "stakes: multipliers in range": rewritten("stakes", all_rows(mmc_multiplier=1e30)),
    "submissions: models named": rewritten("submissions", first_row(model_id=None), UPLOAD),
    "submissions: times given": rewritten("submissions", all_rows(submitted_at=pd.NaT), UPLOAD),
    "scores: models named": with_scores(model_id=None),
    "scores: times given": with_scores(known_at=pd.NaT),
    "scores: values in range": with_scores(value=1e30),
    "targets: target known": rewritten("targets", returns(target="r20"), TARGETS),
    "targets: day of the target": rewritten("targets", returns(score_day=21), TARGETS),
    "targets: target, day and time given": rewritten("targets", returns(known_at=pd.NaT), TARGETS),
    "targets: values in range": rewritten("targets", returns(value=12345.6), TARGETS),
    "targets: values finite": rewritten("targets", returns(value=None), TARGETS),
    "targets: bin shares": rewritten("targets", of_two_values, TARGETS),
    "targets: not known before its era": rewritten("targets", returns(known_at=LONG_AGO), TARGETS),
    "targets: known within twenty years": KNOWN_FAR_AWAY,
    "universe: stocks named once": rewritten("universe", twice),
    "universe: weights positive": rewritten("universe", first_row(sample_weight=-1.0)),
    "neutralizers: covers the universe": rewritten("neutralizers", lambda frame: frame.head(100)),
    "neutralizers: orthonormal under v": rewritten("neutralizers", doubled),
    "neutralizers: values finite": rewritten("neutralizers", first_row(n_1=float("inf"))),
    "stakes: stakes not negative": rewritten("stakes", first_row(stake_nmr=-1.0)),
    "stakes: models named once": rewritten("stakes", twice),
    "rounds: one row": rewritten("rounds", twice),
    "rounds: closes after it opens": rewritten("rounds", closes_at_opening),
    "rounds: known kind": rewritten("rounds", all_rows(kind="practice")),
    "rounds: tournament with rules": rewritten("rounds", all_rows(tournament="house ")),
    "rounds: tournament of the warehouse": rewritten("rounds", all_rows(tournament="signals")),
    "rounds: calendar complete": rewritten(
        "rounds", all_rows(open_at=pd.NaT, close_at=BEYOND_CALENDARS)
    ),
    "rounds: opens near the others": several(
        rewritten("rounds", all_rows(**FAR_ROUND)), KNOWN_FAR_AWAY
    ),
    "rounds: closes near its opening": several(
        rewritten("rounds", all_rows(**NEVER_CLOSING)), KNOWN_FAR_AWAY
    ),
    "rounds: payout terms in range": rewritten("rounds", all_rows(payout_factor="80%")),
    "stakes: multipliers not negative": rewritten("stakes", all_rows(mmc_multiplier="0,8")),
    "factors: values finite": rewritten("factors", with_words),
}
ROUNDS = {lie: TRUE_ROUND + 4 * place for place, lie in enumerate(LIES, start=1)}
NO_ROW = {  # what is measured on a whole table has no row to show
    "universe: universe landed",
    "targets: bin shares",
    "neutralizers: covers the universe",
    "neutralizers: orthonormal under v",
}
NULLS = [lie for lie in LIES if lie.endswith(("named", "given"))]  # of ids and times


def land_truth(landing, lies=LIES):
    tournament.land_models(landing)
    for number in (TRUE_ROUND, *(ROUNDS[lie] for lie in lies)):
        tournament.land_round(landing, number)
        tournament.land_targets(landing, number, 20)
    land_vast_signals(landing)


def land_vast_signals(landing):
    """Participants may send any double: in time after a valid upload, and after the close."""
    for model, hours, size in (("model_d", 3, 1.7e308), ("model_e", 60, 1e155)):
        count = len(tournament.submission(TRUE_ROUND, model)[0])
        signal = np.resize([size, -size], count)
        tournament.land_upload(landing, TRUE_ROUND, model, hours, signal=signal)


def land_what_is_no_lie(landing):
    """An upload of nobody registered, before its round opened; targets of no round."""
    upload = pd.read_parquet(tournament.land_upload(landing, TRUE_ROUND, "model_c", hours=-24))
    tournament.write(upload.assign(model_id="early"), landing, "submissions", "early")
    (landing / "submissions" / f"{TRUE_ROUND}_model_c_-24.parquet").unlink()
    stray = pd.read_parquet(landing / "targets" / f"{TRUE_ROUND}_20_20_0.parquet")
    tournament.write(stray.assign(round_number=UNKNOWN_ROUND), landing, "targets", "of_no_round")


def land_bad_models(landing):
    models = pd.read_parquet(landing / "models" / "models.parquet")
    bad = models.head(2).assign(model_id=[None, "model_b"], is_benchmark=True)
    return tournament.write(bad, landing, "models", "bad")


def land_prices(landing):
    """Of the day of a close, of the day before from two files that differ, and one of nothing."""
    close = pd.read_parquet(landing / "rounds" / f"{TRUE_ROUND}.parquet")["close_at"].iloc[0]
    days = [(close - ago * tournament.DAY).date() for ago in range(3)]
    prices = pd.DataFrame({"day": days, "nmr_usd": [20.0, 30.0, 0.0]})
    tournament.write(prices, landing, "prices", "prices")
    tournament.write(prices[1:2].assign(nmr_usd=31.0), landing, "prices", "others")


def land_negative_round(landing):
    calendar = pd.read_parquet(landing / "rounds" / f"{TRUE_ROUND}.parquet")
    calendar = calendar.assign(round_number=NEGATIVE_ROUND)
    tournament.write(calendar, landing, "rounds", "negative")
    upload = pd.read_parquet(landing / "submissions" / f"{TRUE_ROUND}_model_c_1.parquet")
    upload = upload.assign(round_number=NEGATIVE_ROUND)
    tournament.write(upload, landing, "submissions", "negative")


@pytest.fixture(scope="module")
def lied(tmp_path_factory):
    """A warehouse built on every lie at once, and what the build said."""
    warehouse = Warehouse(tmp_path_factory.mktemp("lies"))
    land_truth(warehouse.landing)
    land_what_is_no_lie(warehouse.landing)
    for lie, number in ROUNDS.items():
        LIES[lie](warehouse.landing, number)
    land_bad_models(warehouse.landing)
    land_prices(warehouse.landing)
    land_negative_round(warehouse.landing)
    return warehouse, warehouse.build(succeeds=False, is_tested=True)


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_named_with_its_file_and_round(lied, lie):
    _, output = lied
    contract, expectation = lie.split(": ")
    said = f"round {ROUNDS[lie]} is refused: {contract}/ "
    (line,) = [s for s in output.splitlines() if s.startswith(said) and expectation in s]
    if lie not in NO_ROW:
        assert f"{contract}/{ROUNDS[lie]}" in line or "(see ticker)" in line, line


def test_lies_refuse_their_rounds_and_no_other_and_no_test_but_the_last_fails(lied):
    warehouse, output = lied
    assert "Traceback" not in output
    assert "RuntimeWarning" not in output
    assert [
        line for line in output.splitlines() if " FAIL " in line and "no_round" not in line
    ] == []
    marts = warehouse.marts()
    results = marts["fct_contract_results"].query("scope == 'round' and not success")
    assert set(results["round_number"]) == {NEGATIVE_ROUND, *ROUNDS.values()}
    refused = marts["fct_alerts"].query("alert == 'refused'").set_index("round_number")
    assert set(refused.index) == set(results["round_number"])
    for failed in results.itertuples():
        assert failed.expectation in refused.loc[failed.round_number, "reason"]
    assert set(marts["fct_scores"]["round_number"]) == {TRUE_ROUND}
    assert set(marts["fct_submissions"]["round_number"]) == {TRUE_ROUND}


def test_what_is_odd_but_harmless_is_noticed(lied):
    warehouse, output = lied
    marts = warehouse.marts()
    noticed = marts["fct_contract_results"].query("scope == 'notice' and not success")
    assert {*zip(noticed["round_number"], noticed["expectation"], strict=True)} == {
        (TRUE_ROUND, "sent after the opening"),
        (ROUNDS["rounds: closes near its opening"], "opens near its era"),
        (UNKNOWN_ROUND, "round in the calendar"),
        (0, "models registered"),
        (0, "prices positive"),
        (0, "one price a day"),
    }
    dollars, nmr = marts["fct_stakes_in_dollars"], marts["fct_round_payouts"]
    assert dollars["nmr_usd"].tolist() == [20]
    assert dollars["at_risk_usd"].tolist() == (20 * nmr["at_risk_nmr"]).tolist()
    status = marts["fct_submissions"].set_index("model_id")["status"]
    assert status[["early", "model_d", "model_e"]].tolist() == ["accepted", "accepted", "late"]
    refused = marts["fct_contract_results"].query("scope == 'submission' and not success")
    assert {"model_d", "model_e"} <= set(refused["model_id"])
    assert "to be noticed: round 99: calendar/ targets: round in the calendar" in output
    assert "(see early); land the model in models/" in output
    said = "to be noticed: round 2: 1 uploads, the first of early: sent after the opening"
    assert said in output


def test_a_round_below_0_is_refused_by_its_number(lied):
    said = "round -1 is refused: rounds/ rounds: numbered from 0 up: negative_numbers is 1"
    assert said in lied[1]


def test_times_too_far_away_do_not_move_the_clock(lied):
    ((clock_at,),) = lied[0].query("select clock_at from int_clock")
    last = tournament.open_at(max(ROUNDS.values())) + 40 * tournament.DAY
    assert clock_at < last.replace(tzinfo=None)


def test_rows_of_models_that_say_nothing_sure_are_named_and_left_out(lied):
    warehouse, output = lied
    assert "models/ models: models named: missing_ids is 1, expected at most 0" in output
    assert "differing_models is 2, expected at most 0 (see model_b in models/bad.parquet)" in output
    assert set(warehouse.marts()["dim_models"]["model_id"]) == {*tournament.MODELS} - {"model_b"}


def test_corrected_nulls_leave_nothing_behind(lied):
    warehouse, _ = lied
    shutil.rmtree(warehouse.landing)
    land_truth(warehouse.landing, NULLS)
    warehouse.build(is_tested=True)
    marts = warehouse.marts()
    assert marts["fct_contract_results"].query("scope != 'submission'")["success"].all()
    assert set(marts["fct_scores"]["round_number"]) == {
        *(TRUE_ROUND, *(ROUNDS[lie] for lie in NULLS))
    }
    assert set(marts["dim_models"]["model_id"]) == {*tournament.MODELS}

    land_bad_models(warehouse.landing)  # now the last build knows model_b, and believes itself
    assert "model_b in models/" in warehouse.build(succeeds=False, is_tested=True)
    assert warehouse.marts()["dim_models"].equals(marts["dim_models"])
