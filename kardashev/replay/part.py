"""Replays of a prepared copy that one process runs."""

from dataclasses import dataclass
from pathlib import Path

from kardashev.replay.recursion import replay_rows
from kardashev.replay.replayed_rounds import Replayed
from kardashev.rounds.prepared import Sources
from kardashev.warehouse.reading import reading


@dataclass(frozen=True)
class Part:
    """Replays that one process runs over the prepared copy, which nothing writes meanwhile.

    replays : list of dict, as `Asked.replays` has them
    solver : what solves the portfolio
    """

    database: Path
    replays: list[dict]
    stakes_table: str
    solver: str

    def __str__(self):
        return f"the replay of {', '.join(row['payout_rule'] for row in self.replays)}"


def replay_part(part, progress=lambda line: None):
    """Runs some replays and returns their rows, as `replay_rows` has them, in a table."""
    with reading(part.database) as connection:
        table = connection.table
        replayed = Replayed(
            meta_models=table("int_round_meta_models"),
            scores=table("replay_scores"),
            targets=table("replay_targets"),
            stakes=table(part.stakes_table),
            limits=table("int_round_portfolio_limits"),
            dropouts=table("int_round_dropouts"),
            engine=part.solver,
        )
        sources = Sources(
            ranks=table("int_signal_ranks"),
            models=table("int_submissions"),
            universe=table("int_universe"),
            loadings=table("int_factor_loadings"),
            norms=table("int_neutral_norms"),
        )
        return replay_rows(
            connection,
            part.replays,
            table("replay_rounds"),
            rules=table("payout_rules"),
            terms=table("replay_terms"),
            sources=sources,
            replayed=replayed,
            progress=progress,
        ).read_all()
