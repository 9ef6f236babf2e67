"""What a replay finds in a built warehouse: its rounds, their target days, and the files behind them."""

import duckdb
import pytest

from kardashev.replay.queries import make_table, read_sql

ROUNDS = """
create table dim_rounds as select * from (values
    (1, 'live', timestamp '2026-01-05'), (2, 'live', timestamp '2026-01-12'),
    (3, 'validation', timestamp '2026-01-12'), (4, 'live', timestamp '2026-01-19'),
    (5, 'live', timestamp '2026-01-26'), (6, 'live', timestamp '2026-02-02'),
    (7, 'live', timestamp '2026-02-09')
) as rounds (round_number, kind, close_at);
create table int_rounds_landed as select round_number, round_number != 4 as is_closed from dim_rounds;
create table int_rounds_built as select * from (values
    (1, 'a', 'one'), (2, 'b', 'two'), (3, 'c', 'one'), (4, 'd', 'one'), (5, 'e', 'one'), (7, null, 'one')
) as built (round_number, fingerprint, build_id);
"""
DAYS = """
create table replay_rounds as select 2 as round_number;
create table int_target_days_landed as select * from (values
    (1, 'a', 20, timestamp '2026-02-01', true, true, 'f'),
    (2, 'a', 19, timestamp '2026-02-07', false, true, 'f'),
    (2, 'a', 20, timestamp '2026-02-08', true, true, 'f'),
    (2, 'a', 20, timestamp '2026-03-08', true, true, 'f'),
    (2, 'a', 20, timestamp '2026-04-08', true, true, 'f'),
    (2, 'a', 20, timestamp '2026-05-08', true, true, 'corrected'),
    (2, 'b', 60, timestamp '2026-04-08', true, false, 'f')
) as days (round_number, target, score_day, known_at, is_final, has_target, fingerprint);
create table int_target_days_built as
select round_number, target, score_day, known_at, 'f' as fingerprint from int_target_days_landed
where known_at != timestamp '2026-04-08' or target = 'b';
"""
MANIFEST = """
create table int_landing_manifest as select
    table_name, concat(table_name, '/', place) as path, 'layout' as layout, 0 as size_bytes, 0 as modified_ns,
    0 as inode, 0 as changed_ns, round_number, target, score_day, known_at, problem
from (values
    ('universe', 'two', 2, null, null, null, null), ('universe', 'one', 1, null, null, null, null),
    ('universe', 'spoilt', 2, null, null, null, 'it is empty'), ('stakes', 'two', 2, null, null, null, null),
    ('submissions', 'both', 1, null, null, null, null), ('submissions', 'both', 2, null, null, null, null),
    ('targets', 'first', 2, 'a', 20, timestamp '2026-02-08', null),
    ('targets', 'newest', 2, 'a', 20, timestamp '2026-03-08', null),
    ('targets', 'running', 2, 'a', 19, timestamp '2026-02-07', null)
) as files (table_name, place, round_number, target, score_day, known_at, problem);
"""


@pytest.fixture
def warehouse():
    """Its tables, as far as the queries read them."""
    with duckdb.connect() as connection:
        connection.execute(ROUNDS)
        yield connection


def test_rounds_that_are_live_closed_built_and_asked_for_are_replayed(warehouse):
    """Round 3 is for validation, 4 is open, 6 was never built, 7 is no longer landed."""
    rounds = make_table(warehouse, "replay_rounds", first=2, last=7)
    assert sorted(number for number, _ in rounds.fetchall()) == [2, 5]


def test_a_round_is_undone_if_its_build_was_killed_or_its_newest_landing_is_refused(warehouse):
    """Round 1 was built to the end, 2 was not; 5 is refused as it is landed now, 4 for another's sake."""
    warehouse.execute("""
        create table int_rounds_due as select * from (values
            (1, 'a', 'one', false), (2, 'b', 'three', false), (4, 'd', 'three', true), (5, 'x', 'three', true)
        ) as due (round_number, fingerprint, build_id, is_left_out)
    """)
    found = warehouse.execute(read_sql("rounds_undone"), {"first": 1, "last": 9}).fetchall()
    assert found == [(2, False), (5, True)]


def test_payouts_settle_by_the_first_delivery_and_scores_take_the_newest_that_was_built():
    """The final day of a came four times: the third is refused, of the fourth another content was built."""
    with duckdb.connect() as connection:
        connection.execute(DAYS)
        days = make_table(connection, "replay_target_days").order("target").fetchall()
    # Scores taken elsewhere settle without a target.
    assert [
        (target, known and f"{known:%m-%d}", f"{first:%m-%d}")
        for _, target, _, known, first in days
    ] == [
        ("a", "03-08", "02-08"),
        ("b", None, "04-08"),
    ]


def test_a_replay_reads_the_files_of_its_rounds_and_of_the_newest_final_days():
    with duckdb.connect() as connection:
        connection.execute(DAYS + MANIFEST)
        make_table(connection, "replay_target_days")
        files = make_table(connection, "replay_files").select("path").fetchall()
    assert sorted(path for (path,) in files) == [
        "submissions/both",
        "targets/newest",
        "universe/two",
    ]
