"""A model's scores by round, as they are published."""

from importlib import resources

from kardashev.errors import WarehouseError
from kardashev.printing import TABLE, print_rows
from kardashev.warehouse.reading import PUBLISHED_COPY, named_model, reading

QUERY = resources.files(__package__) / "sql" / "model_scores.sql"
ROUNDS = 10  # shown where nothing else is asked
DIGITS = 5  # of figures in a table; JSON and CSV have them whole
MODELS = "select model_id, coalesce(display_name, model_id) from dim_models"


def print_scores(published, model, score=None, round_number=None, last=None, form=TABLE):
    """Prints a model's newest scores of each round to standard output.

    Parameters
    ----------
    published : Path of the published copy
    model : str, an id or a display name
    score : str, of which every version is printed; None: the official scores
    round_number : int, or None
    last : int, so many of the newest live rounds that the model has such scores of, where no round is given
    form : one of the forms of `kardashev.printing`

    Raises
    ------
    WarehouseError
        When the copy cannot be read, there is no such model, or it has no such score.
    """
    with reading(published, PUBLISHED_COPY) as connection:
        model_id = named_model(dict(connection.execute(MODELS).fetchall()), model)
        asked = {"model_id": model_id, "score": score, "round_number": round_number}
        found = connection.execute(QUERY.read_text(), asked | {"last": last or ROUNDS})
        heads = [name for name, *_ in found.description]
        rows = found.fetchall()
    if not rows:
        where = "" if round_number is None else f" in round {round_number}"
        raise WarehouseError(f"{model_id} has no {score or 'official score'}{where}")
    if form == TABLE:
        rows = [[round(v, DIGITS) if isinstance(v, float) else v for v in row] for row in rows]
    print_rows(heads, rows, form)
