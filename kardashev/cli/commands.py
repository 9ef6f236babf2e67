"""What each command does. Heavy modules are imported where they are used: `--help` answers at once."""

import os
import sys

from kardashev.errors import LandingError, SettingError
from kardashev.printing import Progress

EXIT_ERROR = 2


def progress(message: str) -> None:
    """Print a line about a long command's progress."""
    print(message, file=sys.stderr, flush=True)


def land(file, round_number, landing, model_id=None, received_at=None):
    from kardashev.landing.door import Door

    if os.path.isdir(file):  # noqa: PTH112 (Path.is_dir raises where a name is too long)
        if model_id is not None:
            raise LandingError(f"{file} is a folder, its files are named for models: no --model")
        return _land_folder(file, round_number, landing, received_at)
    if model_id is None:
        raise LandingError(f"{file} is no folder: say whose file it is, with --model")
    receipt = Door(landing).land(file, round_number, model_id, received_at)
    late = f", after the close of round {round_number}: becomes `late`" if receipt.is_late else ""
    print(f"landed {receipt.rows:,} rows by {receipt.id_type} in {receipt.path}{late}")
    return 0


def _land_folder(folder, round_number, landing, received_at):
    from kardashev.landing.door import land_folder

    def begin(files, submitted_at):
        progress(f"{files:,} files of {folder}, received at {submitted_at.isoformat()}")
        return Progress(files, "files", "refused", sys.stderr)

    receipt = land_folder(landing, folder, round_number, received_at, begin)
    for line in receipt.passed_over:
        progress(f"passed over {line}")
    for line in receipt.refused:
        progress(f"kardashev: {line}")
    late = f", after the close of round {round_number}: become `late`" if receipt.is_late else ""
    print(
        f"landed {receipt.landed:,} files, {receipt.rows:,} rows, in {receipt.path}{late} "
        f"({receipt.landed_before:,} landed before, {len(receipt.refused):,} refused, "
        f"{len(receipt.passed_over):,} passed over)"
    )
    return EXIT_ERROR if receipt.refused else 0


def compact(landing):
    from kardashev.landing.compaction import compact

    result = compact(
        landing, begin=lambda rounds: Progress(rounds, "rounds", "files left", sys.stderr)
    )
    for path, why in result.left.items():
        progress(f"kardashev: {path} is left as it is: {why}")
    print(
        f"compacted {result.rounds:,} rounds: {result.files:,} files with {result.rows:,} rows "
        f"became {result.rounds:,} files ({len(result.left):,} left)"
    )
    return EXIT_ERROR if result.left else 0


def market(**options):
    _use_one_blas_thread()
    from kardashev.landing.market import write_market

    summary = write_market(progress=progress, **options)
    print(
        f"{summary.rounds_added} rounds and {summary.target_days_added} target days added to "
        f"{options['landing']} ({summary.rounds_known} rounds landed before, "
        f"{summary.rounds_skipped} skipped)"
    )


def demo(**options):
    _use_one_blas_thread()
    from kardashev.landing.demo import write_demo

    summary = write_demo(progress=progress, **options)
    print(
        f"{summary.market.rounds_added} rounds and {summary.uploads_added} uploads added to "
        f"{options['landing']}; next: dbt build"
    )


def tour(published):
    from kardashev.warehouse.tour import print_tour

    print_tour(published)


def diagnose(model_id, published):
    from kardashev.inspection.diagnosis import print_diagnosis

    print_diagnosis(published, model_id)


def contribution(model_id, round_number, landing, database):
    _use_one_blas_thread()
    from kardashev.inspection.contribution import print_contribution_check

    print_contribution_check(database, landing, model_id, round_number)


def replay(first, last, rules, landing, database, project, out, is_landed):
    _use_one_blas_thread()
    from kardashev.replay.command import replay

    replay(project, landing, database, first, last, rules, progress, out, is_landed)


def audit(landing, published, project, as_json, rounds=None, last=None):
    _use_one_blas_thread()
    from kardashev.inspection.audit.command import audit

    return audit(published, landing, project, rounds, last, as_json, progress)


def dashboard(published, **options):
    from kardashev.dashboard.serve import serve

    serve(published, say=progress, **options)


def report(published, model=None, round_number=None, is_fund=False, html=None):
    if sum((model is not None, round_number is not None, is_fund)) != 1:
        raise SettingError("say what to report on: MODEL, --round N or --fund, one of them")
    try:
        from kardashev.dashboard import report as made
    except ModuleNotFoundError as error:
        raise SettingError(
            f"reports need {error.name}: run `make dashboard`, or `pip install 'kardashev[dashboard]'`"
        ) from error
    from kardashev.dashboard.published import Published

    copy = Published(published)
    copy.check()
    if is_fund:
        shown = made.fund_report(copy)
    elif model is not None:
        shown = made.model_report(copy, model)
    else:
        shown = made.round_report(copy, round_number)
    if html is None:
        made.print_report(shown)
    else:
        made.write_html(shown, html)
        print(f"{shown.title}: written to {html}")


def _use_one_blas_thread():
    """Rounds are small matrices: two threads take longer over one than one does. Before numpy loads."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
