"""The diagnostics of one model, as its published marts have them, for a terminal."""

from contextlib import contextmanager
from datetime import UTC, datetime

from kardashev.errors import WarehouseError
from kardashev.inspection.trial import tried
from kardashev.landing.calendar import read_rounds
from kardashev.landing.door.history import read_history
from kardashev.printing import print_json, print_table, say
from kardashev.warehouse.reading import PUBLISHED_COPY, reading, records

HEADLINE = """
select
    count(distinct round_number) as eras,
    min(era_date) as first_era,
    max(era_date) as last_era,
    (select count(*) from dim_rounds where kind = 'validation') as landed
from fct_diagnostics_by_era
where model_id = $model
"""

# Each part: its name in JSON, what it says, and the query that says it; without rows it is not printed.
PARTS = (
    (
        "scores",
        "Scores over eras, of the signal as it is, then of what it keeps outside a set of columns:",
        """
with

scores as (

    pivot (
        from fct_diagnostics
        where model_id = $model and score != '' and target != 'none' and score_version not like 'tb%'
    )
    on metric in (
        'mean', 'std', 'sharpe', 'smart_sharpe', 'max_drawdown', 'calmar', 'autocorrelation',
        'share_positive'
    )
    using any_value(value)
    group by score, score_version, target, factor_set, era_count

)

select
    target,
    score,
    factor_set as outside,
    era_count as eras,
    round("mean", 5) as mean,
    round("std", 5) as std,
    round(sharpe, 3) as sharpe,
    round(smart_sharpe, 3) as smart,
    round(max_drawdown, 4) as drawdown,
    round(calmar, 2) as calmar,
    round(autocorrelation, 3) as autocorr,
    round(share_positive, 3) as positive
from scores
order by target, factor_set is not null, score, score_version
""",
    ),
    (
        "worst_eras",
        "The five worst eras, by the score named first:",
        """
with

named as (

    select score, score_version
    from fct_diagnostics_by_era
    where model_id = $model and metric = 'score' and target != 'none' and value is not null
    order by score not like 'corr%', score, score_version = 'v1' desc
    limit 1

)

select
    era_date as era,
    score,
    round(value, 5) as value
from fct_diagnostics_by_era
inner join named using (score, score_version)
where model_id = $model and value is not null
order by value, era_date
limit 5
""",
    ),
    (
        "exposures",
        "The factors that it is exposed to most, by the number of eras in which they are:",
        """
select
    attained_by as factor,
    count(*) as eras,
    round(avg(value), 4) as mean_exposure,
    round(max(value), 4) as largest
from fct_diagnostics_by_era
where model_id = $model and score = 'max_exposure' and attained_by is not null
group by factor
order by eras desc, factor
limit 5
""",
    ),
    (
        "example_models",
        "What it shares with the example models (Pearson):",
        """
pivot (
    from fct_diagnostics
    where model_id = $model and metric like '%_example_correlation'
)
on metric in (
    'mean_example_correlation' as mean,
    'smallest_example_correlation' as smallest,
    'largest_example_correlation' as largest
)
using round(any_value(value), 3)
group by compared_with
order by compared_with
""",
    ),
    (
        "figures",
        "What it moves from era to era, covers, and would be paid for a stake of 1 NMR:",
        """
with

figures as (

    select
        regexp_extract(metric, '^(mean|std|smallest|largest)_(.*)$', ['statistic', 'figure']) as parts,
        era_count,
        value
    from fct_diagnostics
    where model_id = $model and score = '' and metric not like '%_example_correlation'

)

select
    parts.figure as figure,
    any_value(era_count) as eras,
    round(any_value(value) filter (where parts.statistic = 'mean'), 5) as mean,
    round(any_value(value) filter (where parts.statistic = 'std'), 5) as std,
    round(any_value(value) filter (where parts.statistic = 'smallest'), 5) as smallest,
    round(any_value(value) filter (where parts.statistic = 'largest'), 5) as largest
from figures
where parts.figure != ''
group by figure
order by figure
""",
    ),
)

MADE = ("fct_diagnostics", "dim_models")  # what is read of a file, with all that it is made from


@contextmanager
def diagnosed(project, landing, database, file):
    """A warehouse with the diagnostics of a file that is not sent, under the file's own name.

    Parameters
    ----------
    project, landing, database : Path; the last may be of a warehouse that is yet to be built
    file : Path, as `kardashev.landing.door.history.read_history` takes it

    Yields
    ------
    Path of a warehouse that is removed afterwards, and the model's id in it

    Raises
    ------
    RefusedFileError
        When the file's form is not as it must be.
    LandingError, WarehouseError
        When landing or warehouse cannot be read, nothing of the file is accepted, or it cannot be built.
    """
    now = datetime.now(UTC)
    upload = read_history(file, read_rounds(landing), file.stem, now)
    with tried(project, landing, database, upload, MADE, say) as scratch:
        yield scratch.database, file.stem


def print_diagnosis(published, model_id, as_json=False):
    """Prints the diagnostics of one model to standard output.

    Parameters
    ----------
    published : Path of the published copy
    model_id : str
    as_json : bool

    Raises
    ------
    WarehouseError
        When the copy cannot be read, or the model has no diagnostics.
    """
    with reading(published, PUBLISHED_COPY) as connection:
        model = {"model": model_id}
        eras, first, last, landed = connection.execute(HEADLINE, model).fetchone()
        if not eras:
            raise WarehouseError(
                f"{model_id} has no diagnostics: no upload of it to a round of validation is accepted"
            )
        parts = [(*part, connection.sql(query, params=model)) for *part, query in PARTS]
        if as_json:
            known = {"model_id": model_id, "eras": eras, "first_era": first, "last_era": last}
            print_json(known | {name: records(rows) for name, _, rows in parts})
            return
        print(f"{model_id}: {eras} eras of validation, {first} to {last}; {landed} are landed.")
        for _, title, rows in parts:
            if len(rows):
                print(f"\n{title}")
                print_table(rows.columns, rows.fetchall())
