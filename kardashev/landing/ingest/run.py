"""The eras of open files, landed some at a time, each from one pass over the row groups that hold them.

Universe, factors and targets come from the file that says which stocks there are, then N, then uploads, and
the row of ``rounds/`` last of all. So a run that was killed is said again. A round that is landed gets what
it lacks, and nothing else of it is written.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from kardashev.errors import LandingError
from kardashev.landing.files import landed_path, write_landed
from kardashev.landing.ingest import round_tables
from kardashev.landing.ingest.mapping import EVERY
from kardashev.landing.ingest.plan import LIVE, note_landed, target_name, wanted_eras
from kardashev.landing.ingest.predictions import Predictions
from kardashev.landing.ingest.source import ERA
from kardashev.landing.layouts import quoted

ERAS_AT_ONCE = 26  # half a year of weeks: what a killed run does again


@dataclass
class IngestSummary:
    """What a run did.

    passed_over : a line for each file of the folder that was not used
    notes : a line for each thing that was left out, or filled
    """

    rounds_added: int = 0
    rounds_completed: int = 0
    rounds_known: int = 0
    uploads_added: int = 0
    cells_filled: int = 0
    passed_over: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Run:
    """One run over the open sources of a folder."""

    def __init__(self, connection, landing, mapping, choices, used, features, summary):
        self.connection, self.landing, self.mapping = connection, landing, mapping
        self.choices, self.features, self.summary = choices, features, summary
        self.used = used
        self.stocks = [source for source in used if source.rule.universe is not None]
        self.written = []

    def land(self):
        """Land every era that is wanted, and what landed ones lack."""
        self.beside = {s.name: self._spans_by_key(s) for s in self.used if self._is_beside(s)}
        values = self._values_beside()
        eras = wanted_eras(self.connection, self.stocks, self.mapping, self.choices, values)
        self._note_eras_without_day(eras)
        note_landed(self.landing, eras, self.mapping.tournament)
        self._fix_live_era(eras)
        self.predictions = [
            Predictions(self.connection, source, self._stocks_of(source))
            for source in self.used
            if source.rule.submissions and self._has_eras(source, eras)
        ]
        self.spans = self.beside | {
            source.name: self._spans_by_key(source)
            for source in self.used
            if (source.rule.weights or source.rule.neutralizers) and self._has_eras(source, eras)
        }
        step = self.choices.begin(len(eras))
        for start in range(0, len(eras), ERAS_AT_ONCE):
            some = eras[start : start + ERAS_AT_ONCE]
            # Of these, the last is only done when all are whole.
            self.step = lambda done, start=start: step(start + done, self.summary.rounds_known)
            self._land_some(some)
            self.step(len(some))
        for predictions in self.predictions:
            predictions.register(self.landing)
            if not predictions.has_landed:
                name = predictions.source.name
                self.summary.notes.append(
                    f"{name}: none of its rows is of an era that is asked for"
                )
        self._note_summary(eras)

    def _land_some(self, eras):
        """Land some eras: all of them whole, or nothing of them."""
        self.written = []
        due = {era.number for era in eras if not era.is_landed}
        changed = set(due)
        try:
            for source in self.stocks:
                changed |= self._land_stocks(source, [e for e in eras if e.source is source])
            for source in self.used:
                if self._is_beside(source):
                    changed |= self._land_beside(source, eras)
                if source.rule.neutralizers and source.name in self.spans:
                    changed |= self._land_neutralizers(source, eras)
            for predictions in self.predictions:
                changed |= self._land_uploads(predictions, eras)
            for era in eras:
                if era.number in due:
                    self._write("rounds", era.name, era.row(self.mapping.tournament))
        except BaseException:
            for path in self.written:
                path.unlink(missing_ok=True)
            raise
        self.summary.rounds_added += len(due)
        self.summary.rounds_completed += len(changed - due)
        self.summary.rounds_known += len(eras) - len(changed)

    def _land_stocks(self, source, eras):
        """Universe, factors and targets of the eras of one file; the rounds that were written to."""
        universe = round_tables.universe_columns(source)
        factors = round_tables.factor_columns(source, self.features, self.choices)
        due = {e.text: (e, self._targets(source, e)) for e in eras}
        due = {text: found for text, found in due.items() if found[1] or not found[0].is_landed}
        columns = [source.stock, *(c for _, targets in due.values() for c in targets.values())]
        if any(not era.is_landed for era, _ in due.values()):
            columns += [*universe.values(), *factors.values()]
        spans = {text: era.span for text, (era, _) in due.items()}
        for done, (text, rows) in enumerate(source.eras(dict.fromkeys(columns), spans)):
            era, targets = due[text]
            if done:
                self.step(done)
            if not era.is_landed:
                weights = self._weights(era)
                of_universe = round_tables.universe(era, rows, universe, weights)
                self._write("universe", era.name, of_universe)
                self._write_factors(source, era.name, rows, factors, of_universe)
            self._write_targets(source, era, rows, targets)
        return {era.number for era, _ in due.values()}

    def _land_beside(self, source, eras):
        """Factors and targets of a file that says no universe; the rounds that were written to."""
        factors = round_tables.factor_columns(source, self.features, self.choices)
        known, due = self.spans[source.name], {}
        for era in (era for era in eras if era.key in known):
            targets = self._targets(source, era)
            if targets or (factors and not era.is_landed):
                due[known[era.key][0]] = (era, targets)
        columns = [source.stock, *(c for _, targets in due.values() for c in targets.values())]
        columns += factors.values()
        spans = {text: known[era.key][1] for text, (era, _) in due.items()}
        for text, rows in source.eras(dict.fromkeys(columns), spans):
            era, targets = due[text]
            if not era.is_landed:
                name = f"{era.name}_{source.stem}"
                key = round_tables.key(era, source, rows)
                self._write_factors(source, name, rows, factors, key)
            self._write_targets(source, era, rows, targets)
        return {era.number for era, _ in due.values()}

    def _targets(self, source, era):
        """Name → column of the targets of a file that are to be landed."""
        rules = source.rule.targets
        found = {name: source.found(rules[name].columns) for name in era.targets if name in rules}
        return {name: column for name, column in found.items() if column is not None}

    def _write_factors(self, source, name, rows, columns, stocks):
        table, filled = round_tables.factors(source, rows, columns, stocks)
        self.summary.cells_filled += filled
        if table is not None:
            self._write("factors", name, table)

    def _write_targets(self, source, era, rows, columns):
        for name, column in columns.items():
            table = round_tables.target(era, source, name, column, rows)
            self._write("targets", target_name(era, name), table)

    def _weights(self, era):
        """Stocks and sample weights of an era, from the file that has them; None where none does."""
        for source in self.used:
            span = source.rule.weights and self.spans[source.name].get(era.key)
            if span:
                column = source.needed(source.rule.weights)
                query = (
                    f"select {quoted(source.stock)} as stock, {quoted(column)} as weight "
                    f"from {source.scan()} where {quoted(ERA)} = ?"
                )
                text, _ = span
                return source.run(self.connection, query, [text]).to_arrow_table()
        return None

    def _land_neutralizers(self, source, eras):
        """N of the eras that have none landed; the rounds that were written to."""
        known = self.spans[source.name]
        lacking = {
            known[era.key][0]: era
            for era in eras
            if era.key in known
            and not (era.is_landed and landed_path(self.landing, "neutralizers", era.name).exists())
        }
        patterns = source.rule.neutralizers
        columns = [c for pattern in patterns for c in source.numeric(pattern)]
        if not columns:
            raise LandingError(f"{source.name} has no numeric column {' or '.join(patterns)}")
        spans = {text: known[era.key][1] for text, era in lacking.items()}
        for text, rows in source.eras(dict.fromkeys([source.stock, *columns]), spans):
            table = round_tables.neutralizers(lacking[text], source, rows, columns)
            self._write("neutralizers", lacking[text].name, table)
        return {era.number for era in lacking.values()}

    def _land_uploads(self, predictions, eras):
        """Uploads that are not landed yet, of the eras that a file has rows of; these rounds."""
        changed = set()
        for era, table, models in predictions.uploads(eras):
            folder, name = predictions.place(self.landing, era)
            self._write(folder, name, table)
            self.summary.uploads_added += models
            changed.add(era.number)
        return changed

    def _write(self, table, name, rows):
        self.written.append(write_landed(self.landing, table, name, rows))

    def _spans_by_key(self, source):
        """Era → its text and its span, of a file that is joined by era."""
        if source.era_column is None and source.fixed_era is None:
            source.needed(source.rule.era.columns)
        if source.rule.weights:
            source.needed(source.rule.weights)
        columns = [source.found(rule.columns) for rule in source.rule.targets.values()]
        spans = source.spans(self.connection, [c for c in columns if c])
        days = source.era_dates(spans)
        return {
            (source.group == LIVE, day): (text, spans[text])
            for text, day in days.items()
            if day is not None
        }

    def _is_beside(self, source):
        rule = source.rule
        return rule.universe is None and bool(rule.factors or rule.targets)

    def _values_beside(self):
        """Era → target → how many stocks have it in a file that says no universe."""
        found = defaultdict(dict)
        for source in filter(self._is_beside, self.used):
            names = [n for n, rule in source.rule.targets.items() if source.found(rule.columns)]
            for key, (_, span) in self.beside[source.name].items():
                found[key] |= dict(zip(names, span[3:], strict=True))
        return found

    def _fix_live_era(self, eras):
        """Files of the group ``live`` without an era are of the only one that there is."""
        days = {era.era_date for era in eras if era.source.group == LIVE}
        for source in self.used:
            if source.group == LIVE and source.era_column is None and len(days) == 1:
                (source.fixed_era,) = days

    def _stocks_of(self, source):
        """The files whose eras a file without eras is joined to: those of its group, of one's own all."""
        of_group = [other for other in self.stocks if other.group == source.group]
        return of_group or [other for other in self.stocks if other.group != LIVE]

    def _has_eras(self, source, eras):
        return source.group != LIVE or any(era.source.group == LIVE for era in eras)

    def _note_eras_without_day(self, eras):
        for source in self.stocks:
            if source.group == LIVE and not any(era.source is source for era in eras):
                self.summary.passed_over.append(
                    f"{source.name}: its era has no date; say it with --era-date"
                )

    def _note_summary(self, eras):
        for source in self.used:
            named = {n: c for n, c in source.rule.factors.items() if n != EVERY}
            named |= {name: rule.columns for name, rule in source.rule.targets.items()}
            absent = [name for name, columns in named.items() if not source.found(columns)]
            if absent:
                self.summary.notes.append(f"{source.name} has no column for {', '.join(absent)}")
        short = Counter(
            name
            for era in eras
            for name, count in era.values.items()
            if count > 0 and name not in era.targets and not era.is_landed
        )
        for name, count in short.items():
            self.summary.notes.append(
                f"target {name} is left out of {count:,} eras: fewer than 80 % of the stocks have it"
            )
        if self.summary.cells_filled:
            self.summary.notes.append(
                f"{self.summary.cells_filled:,} missing cells of factors have their era's median"
            )
