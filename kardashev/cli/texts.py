"""What `--help` says."""

DESCRIPTION = """\
Score a crowd-sourced hedge fund: land files here, then run `dbt build`."""

EPILOG = """\
examples:
  kardashev demo                                 a small market to play with
  kardashev land mine.csv --round 812 --model alice
  kardashev land --help

environment:
  KARDASHEV_LANDING    folder of the landed files (default: landing)
  KARDASHEV_DB         the warehouse (default: warehouse/kardashev.duckdb)
  KARDASHEV_PUBLISHED  the published warehouse (default: warehouse/published.duckdb)

Relative paths of the environment, and defaults, hang below the dbt project: here, or the nearest
folder above that has a dbt_project.yml. Paths given as options are taken from here.
"""

LAND = """\
Check the form of a participant's file, CSV or Parquet, and land it; or refuse it with the reason. Of a
folder, do so with every file: each is named for its model, as alice.csv.
It has one id column (numerai_ticker, composite_figi, bloomberg_ticker, sedol, cusip or ticker, with
prediction or signal; or id, with prediction or probability), and may have friday_date or date (the
round's era) and data_type. What its values are worth is judged when the warehouse is built."""

LAND_EPILOG = """\
examples:
  kardashev land mine.csv --round 812 --model alice
  kardashev land mine.parquet --round 812 --model alice --received-at 2024-01-06T14:00:00Z
  kardashev land uploads/ --round 812

A file received after the round's close is landed and becomes `late`. Where files of a folder are refused,
the others are landed and the exit status is 2. After a run that was cut short, say the same command with
the time that it printed as --received-at: what is landed is not landed twice.
"""

COMPACT = """\
Make one file of the submission files of each closed round: smaller, and read faster. No row changes, so
no round becomes due. Files that cannot be read, or would lose something, are named and left: status 2."""

COMPACT_EPILOG = """\
example:
  kardashev compact

A run that was cut short loses nothing: run it again. Not during a build, which would fail and say so.
"""

MARKET = """\
Make the operator's tables (rounds, universe, factors, neutralizers, targets) from daily prices. Run
it again when there are newer prices: only new rounds and new target days are written."""

MARKET_EPILOG = """\
examples:
  kardashev market --prices prices.parquet --securities securities.parquet
  kardashev market --prices prices.csv --securities securities.csv --from 2023-01-06 --cadence daily
"""

DEMO = """\
Land a small market with participants to play with: on the prices given, or on made-up ones."""

DEMO_EPILOG = """\
examples:
  kardashev demo
  kardashev demo --stocks 300 --rounds 20 --seed 7 --landing /tmp/landing
"""

TOUR = """\
Show what the built warehouse holds: first scores, where it is published, three queries to try."""

TOUR_EPILOG = """\
example:
  dbt build && kardashev tour
"""

DIAGNOSE = """\
Show how a model's uploads to eras of validation did: every score, plain and neutralized, the worst eras,
exposures, example models, and what it moves from era to era."""

DIAGNOSE_EPILOG = """\
examples:
  kardashev diagnose alice
  kardashev market --prices prices.parquet --securities securities.csv --kind validation --from 2015-01-01
"""

CONTRIBUTION = """\
Compare a model's True Contribution with the portfolio's return recomputed, without any gradient: with
its stake a little larger, and without it. The warehouse is read only; it holds the signals of rounds
that are open, or that a later round's stability looks back at."""

CONTRIBUTION_EPILOG = """\
example:
  kardashev contribution alice --round 812

True Contribution is a mean over draws of stakes; the version `undropped` is the slope that a small
move of the stake should show. A larger move crosses the edges of what the portfolio holds.
"""


REPLAY = """\
Replay built rounds with payouts compounding into stakes, under each given rule, beside frozen stakes:
does the meta model become better? Each model enters with its first landed stake of these rounds; after
that only settled payouts move it, and what was added or withdrawn is left out. Who is at risk stays as
it was. The warehouse is read only: the replay works in a copy of it, which is removed afterwards."""

REPLAY_EPILOG = """\
examples:
  kardashev replay --from 760 --to 812 --pay house
  kardashev replay --from 760 --to 812 --pay house --pay signals_fnc_mmc --out replay.duckdb
  kardashev replay --from 760 --to 812 --pay house --publish

A rule is a row of seeds/rules/payout_rules.csv with its payout_terms, whatever its tournament and dates.
To replay one that pays nowhere, add it under a tournament of its own. With --publish the result is landed
in replayed_stakes/ and replayed_scores/, and the next `dbt build` publishes it in the marts
fct_replayed_stakes and fct_replayed_scores. To take a replay out of them, remove its files.
"""

AUDIT = """\
Verify what was published of a round: compute it again from the landing along another way (numerai-tools
and Clarabel, or plain numpy; none of the warehouse's SQL or kernels), and print the largest gap of each
part. Named are: each file of the landing whose content is no longer what the round was made from, each
rule row that applied and differs in seeds/rules/, and each published figure that is not the recomputed one.
The landing and the published copy are read only; no warehouse is needed."""

AUDIT_EPILOG = """\
examples:
  kardashev audit --round 812
  kardashev audit --rounds 803-812 --json
  kardashev audit --last 10 --published /backup/published.duckdb --landing /backup/landing

Exit status: 0 when everything agrees to 1e-9, 1 when something differs, 2 when it cannot be asked: there is
no published copy, or no such round.
"""

DASHBOARD = """\
Serve the dashboard over the published copy: leaderboards, models, rounds, the fund, diagnostics, replays.
It listens on this machine only, unless --address says otherwise; whoever can reach it can read all that is
published. A new publication shows at the next click. `make dashboard` installs what it needs."""

DASHBOARD_EPILOG = """\
examples:
  kardashev dashboard
  kardashev dashboard --port 8600 --published /data/published.duckdb
"""

REPORT = """\
Report on a model, a round or the fund, from the published copy: printed in short, or with --html as one
file with tables and charts, which opens anywhere, offline."""

REPORT_EPILOG = """\
examples:
  kardashev report alice
  kardashev report alice --html alice.html
  kardashev report --round 812 --html round_812.html
  kardashev report --fund --html fund.html
"""
