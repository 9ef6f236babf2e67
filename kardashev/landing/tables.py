"""The landed tables: their columns, which rows must name what they belong to, and which tables are wide.

A table has fixed columns, or a key and then any number of numeric columns (``is_wide``), which are read as
long rows (key, column's name, value). Columns are found by name. Extra columns of a table with fixed ones are
ignored; of a wide table each column is a value, but for labels (`LABELS`) and a frame's index.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class LandedTable:
    """One folder of the landing.

    required, optional : column name → DuckDB type
    part : what divides the folder's content within a round, beside the round itself
    owner : what else says whose a row is: nobody can be told of a file where it cannot be read
    makes_rounds : whether rounds are built from it, so that its content is told apart by round
    key : where nothing is built from it: what names one row; a file that repeats a key cannot be used
    name_column : set for a wide table: what the names of its numeric columns become in long rows
    """

    name: str
    required: dict[str, str]
    optional: dict[str, str]
    part: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    makes_rounds: bool = True
    key: tuple[str, ...] = ()
    name_column: str | None = None

    @property
    def is_wide(self):
        return self.name_column is not None

    @property
    def columns(self):
        """Every column of the relation, in order, with its type."""
        long = {self.name_column: "varchar", "value": "double"} if self.is_wide else {}
        return self.required | self.optional | long

    @property
    def row_columns(self):
        """Every column of the relation that has a row for each of a file: of a wide table two are lists."""
        lists = {NAMES: "varchar[]", VALUES: "double[]"} if self.is_wide else {}
        return self.required | self.optional | lists


NAMES, VALUES = "column_names", "column_values"  # of a wide table's row

STOCK_IDENTIFIERS = (
    "numerai_ticker",
    "composite_figi",
    "bloomberg_ticker",
    "sedol",
    "cusip",
    "ticker",
)

LABELS = (*STOCK_IDENTIFIERS, "country", "sector", "era_date", "date")  # text beside values

PAID_SCORES = (  # and official series, which may pay too
    *("corr", "corr20", "corr20_v2", "corj60", "corr_v4", "ic_v2", "ric", "neutral_corr"),
    *("fnc", "fnc_v3", "fnc_v4", "mmc", "bmc", "neutral_mmc", "tc", "alpha", "mpc"),
)

REPLAY = {  # which replay, and which round of it
    "payout_rule": "varchar",
    "first_round": "integer",
    "last_round": "integer",
    "round_number": "integer",
}

LANDED_TABLES = {
    table.name: table
    for table in (
        LandedTable(
            "rounds",
            {
                "tournament": "varchar",
                "round_number": "integer",
                "kind": "varchar",
                "era_date": "date",
                "open_at": "timestamptz",
                "close_at": "timestamptz",
            },
            {"payout_factor": "double", "total_at_risk_nmr": "double"},
        ),
        LandedTable(
            "universe",
            {"round_number": "integer", "stock_id": "varchar", "sample_weight": "double"},
            {"country": "varchar", "sector": "varchar"}
            | {identifier: "varchar" for identifier in STOCK_IDENTIFIERS},
        ),
        LandedTable(
            "neutralizers",
            {"round_number": "integer", "stock_id": "varchar"},
            {},
            name_column="neutralizer",
        ),
        LandedTable(
            "factors",
            {"round_number": "integer", "stock_id": "varchar"},
            {},
            name_column="factor",
        ),
        LandedTable(
            "targets",
            {
                "round_number": "integer",
                "stock_id": "varchar",
                "target": "varchar",
                "score_day": "integer",
                "value": "double",
                "known_at": "timestamptz",
            },
            {},
            part=("target", "score_day", "known_at"),
        ),
        LandedTable(
            "models",
            {"model_id": "varchar"},
            {
                "account_id": "varchar",
                "display_name": "varchar",
                "is_benchmark": "boolean",
                "is_example": "boolean",
                "created_at": "timestamptz",
            },
            makes_rounds=False,
        ),
        LandedTable(
            "submissions",
            {
                "round_number": "integer",
                "model_id": "varchar",
                "submitted_at": "timestamptz",
                "id_type": "varchar",
                "id": "varchar",
                "signal": "double",
            },
            {},
            owner=("model_id", "submitted_at"),
        ),
        LandedTable(
            "stakes",
            {"round_number": "integer", "model_id": "varchar", "stake_nmr": "double"},
            {f"{score}_multiplier": "double" for score in PAID_SCORES},
        ),
        LandedTable(
            "scores",
            {
                "round_number": "integer",
                "model_id": "varchar",
                "score": "varchar",
                "score_version": "varchar",
                "score_day": "integer",
                "value": "double",
                "known_at": "timestamptz",
            },
            {},
            part=("score", "score_version", "score_day", "known_at"),
        ),
        LandedTable(
            "prices", {"day": "date", "nmr_usd": "double"}, {}, makes_rounds=False, key=("day",)
        ),
        LandedTable(
            "replayed_stakes",
            REPLAY | {"model_id": "varchar", "stake_nmr": "double", "at_risk_nmr": "double"},
            {
                "payout_factor": "double",
                "score_used": "double",
                "payout_nmr": "double",
                "settled_at": "timestamptz",
            },
            makes_rounds=False,
            key=(*REPLAY, "model_id"),
        ),
        LandedTable(
            "replayed_scores",
            REPLAY | {"meta_model": "varchar", "score": "varchar", "score_version": "varchar"},
            {"target": "varchar", "value": "double", "frozen_value": "double"},
            makes_rounds=False,
            key=(*REPLAY, "meta_model", "score", "score_version"),
        ),
    )
}
