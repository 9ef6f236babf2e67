"""The demo's participants: who stakes what on which signal, and how they behave.

Rows, no code: the columns are those of `Participant`. docs/demo.md says why each one is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

MOMENT_LATER = timedelta(minutes=30)  # between two files of one round


@dataclass(frozen=True)
class Send:
    """One file sent for a round.

    delay : after the participant's usual time; is_late : after the close instead
    edit : how the file differs from an honest one, a name in `kardashev.landing.demo.edits.EDITS`
    """

    delay: timedelta = timedelta(0)
    is_late: bool = False
    edit: str = ""


@dataclass(frozen=True)
class Habit:
    """What is sent, instead of one good file, in the rounds whose number leaves turn over every."""

    sends: tuple[Send, ...]
    every: int = 1
    turn: int = 0


@dataclass(frozen=True)
class Participant:
    """A model. The first habit whose turn it is decides what a round is sent.

    recipe : weights of gaussianized formulas, which are the columns of ``sql/signals.sql``
    noise : standard deviation of a normal draw for each round, model and stock, added to the recipe
    grades : number of different signals in a file, 0 for one each stock
    span : the smallest and the largest signal that a file could hold
    header : the file's columns; the first says by which identifier it names stocks
    """

    model_id: str
    account_id: str
    display_name: str
    recipe: Mapping[str, float]
    stake_nmr: float
    noise: float = 0.0
    is_benchmark: bool = False
    suffix: str = "csv"
    grades: int = 0
    span: tuple[float, float] = (0.0, 1.0)
    header: tuple[str, str] = ("ticker", "signal")
    habits: tuple[Habit, ...] = field(default=())


NOTHING = ()
LATE = (Send(is_late=True),)
CORRECTED = (Send(edit="wrong_sign"), Send(MOMENT_LATER))  # the draft counts unless replaced
REPAIRED = (Send(edit="missing_signals"), Send(MOMENT_LATER))
SPOILED = (Send(), Send(MOMENT_LATER, edit="missing_signals"))  # the first one still counts


def _edited(edit, every=1, turn=0):
    return (Habit((Send(edit=edit),), every, turn),)


BLOOMBERG = ("bloomberg_ticker", "signal")
STOCK_ID = ("id", "prediction")
BEST_BLEND = {"smooth_momentum": 1, "trend": 1, "low_volatility": 1, "reversal_1m": 0.3}
COMPASS_AND_ANCHOR = {"momentum_in_sector": 1, "low_volatility": 2}

PARTICIPANTS = (
    # The operator's benchmarks.
    Participant(
        "house_momentum", "house", "House Momentum", {"momentum_12_1": 1}, 150, is_benchmark=True
    ),
    Participant("house_calm", "house", "House Calm", {"low_volatility": 1}, 100, is_benchmark=True),
    # Ada's best model has no stake; a rough copy of it has.
    Participant(
        "ada_swift", "ada", "Swift", {"momentum_6_1": 1}, 60, habits=(Habit(CORRECTED, 3),)
    ),
    Participant("ada_blend", "ada", "Blend", BEST_BLEND, 0, suffix="parquet"),
    Participant("ada_rough_blend", "ada", "Rough Blend", BEST_BLEND, 45, noise=0.5),
    # Bruno believes in what turns over too fast.
    Participant("bruno_rebound", "bruno", "Rebound", {"reversal_1m": 1}, 300, suffix="parquet"),
    Participant("bruno_undertow", "bruno", "Undertow", {"reversal_1w": 1}, 5, suffix="parquet"),
    Participant(
        "bruno_summit",
        "bruno",
        "Summit",
        {"high_52w": 1},
        25,
        suffix="parquet",
        habits=(Habit(LATE, 9),),
    ),
    Participant("chen_patience", "chen", "Patience", {"long_reversal": 1}, 80),
    Participant("chen_small", "chen", "Small", {"small_size": 1}, 40, habits=(Habit(NOTHING, 6),)),
    Participant(
        "chen_almanac", "chen", "Almanac", {"same_month_last_year": 1}, 12, suffix="parquet"
    ),
    Participant("dara_steady", "dara", "Steady", {"low_beta": 1}, 120, suffix="parquet"),
    Participant("dara_sober", "dara", "Sober", {"low_lottery": 1}, 15),
    Participant("dara_deep_water", "dara", "Deep Water", {"illiquidity": 1}, 30, suffix="parquet"),
    Participant("emil_crowd", "emil", "Crowd", {"volume_trend": 1}, 0),
    Participant("emil_dice", "emil", "Dice", {}, 0.5, noise=1.0),
    Participant("emil_hunch", "emil", "Hunch", {"high_52w": 1}, 0.1, noise=2.0, suffix="parquet"),
    Participant("fleur_compass", "fleur", "Compass", {"trend": 1}, 30, suffix="parquet"),
    Participant("fleur_anchored", "fleur", "Compass and Anchor", COMPASS_AND_ANCHOR, 70),
    Participant(
        "fleur_echo", "fleur", "Echo", {"low_volatility": 1}, 16, noise=0.05, suffix="parquet"
    ),
    # Goran names stocks in other ways, and sends grades.
    Participant("goran_smooth", "goran", "Smooth", {"smooth_momentum": 1}, 55, header=BLOOMBERG),
    Participant(
        "goran_tides",
        "goran",
        "Tides",
        {"sector_momentum": 1, "low_volatility": 1},  # sectors alone are nothing once neutral
        35,
        grades=5,
        header=STOCK_ID,
    ),
    Participant(
        "goran_inside_lane",
        "goran",
        "Inside Lane",
        {"momentum_in_sector": 1, "illiquidity": 0.5},
        65,
        suffix="parquet",
        header=BLOOMBERG,
    ),
    # Hana's hand slips.
    Participant(
        "hana_second_thoughts",
        "hana",
        "Second Thoughts",
        {"low_beta": 1, "momentum_12_1": 1},
        50,
        habits=(Habit(SPOILED, 4),),
    ),
    Participant(
        "hana_redraft",
        "hana",
        "Redraft",
        {"low_volatility": 1, "small_size": 1},
        20,
        habits=(Habit(REPAIRED, 5),),
    ),
    Participant(
        "hana_globetrotter",
        "hana",
        "Globetrotter",
        {"low_volatility": 1, "long_reversal": 1},
        28,
        suffix="parquet",
        habits=_edited("strangers_besides"),
    ),
    Participant("hana_someday", "hana", "Someday", {"trend": 1}, 20, habits=(Habit(NOTHING),)),
    # Ines copies what Fleur sends.
    Participant(
        "ines_mirror",
        "ines",
        "Mirror",
        COMPASS_AND_ANCHOR,
        70,
        suffix="parquet",
        span=(0.4, 0.6),
    ),
    Participant(
        "ines_smudged_mirror", "ines", "Smudged Mirror", COMPASS_AND_ANCHOR, 22, noise=0.05
    ),
    # Jonas stakes most on what is wrong, and next to nothing on what is right.
    Participant("jonas_whale", "jonas", "Whale", {"long_reversal": 1, "illiquidity": 0.3}, 900),
    Participant("jonas_minnow", "jonas", "Minnow", BEST_BLEND, 0.05, noise=0.1, suffix="parquet"),
    # The rogue's seven: each breaks one rule in every third round, and is harmless in between.
    Participant(
        "mallory_blank",
        "mallory",
        "Blank",
        {"low_beta": 1},
        18,
        noise=0.05,
        habits=_edited("missing_ids", 3),
    ),
    Participant(
        "mallory_twice",
        "mallory",
        "Twice",
        {"low_volatility": 1, "low_beta": 1},
        18,
        noise=0.05,
        suffix="parquet",
        habits=_edited("repeated_id", 3, 1),
    ),
    Participant(
        "mallory_handful",
        "mallory",
        "Handful",
        {"small_size": 1, "low_beta": 1},
        18,
        noise=0.05,
        suffix="parquet",
        habits=_edited("few_ids", 3, 2),
    ),
    Participant(
        "mallory_gap",
        "mallory",
        "Gap",
        {"illiquidity": 1},
        9,
        noise=0.05,
        habits=_edited("missing_signals", 3),
    ),
    Participant(
        "mallory_loud",
        "mallory",
        "Loud",
        {"smooth_momentum": 1},
        9,
        noise=0.05,
        suffix="parquet",
        habits=_edited("per_cent", 3, 1),
    ),
    Participant(
        "mallory_flat",
        "mallory",
        "Flat",
        {"low_volatility": 1},
        9,
        noise=0.05,
        habits=_edited("constant", 3, 2),
    ),
    Participant(
        "mallory_abroad",
        "mallory",
        "Abroad",
        {"small_size": 1},
        0,
        noise=0.05,
        suffix="parquet",
        habits=_edited("strangers_only", 3),
    ),
    Participant("mallory_fumble", "mallory", "Fumble", {"illiquidity": 1}, 0, noise=0.05),
)
REFUSED_MODEL = "mallory_fumble"  # who also tries the files that the door refuses
