"""Contracts as Great Expectations shows them: the suites of each rule set, and the newest verdicts.

GX draws each section; the page around it is ours, as GX's own pages load styles and scripts from seven
other hosts and list nothing without them. GX does not escape the name of a row, so it is given escaped.
"""

import html
from dataclasses import dataclass

import duckdb

from kardashev.contracts.suites import (
    Rule,
    ephemeral_source,
    great_expectations,
    suite_for,
    whole_batch,
)
from kardashev.printing import visible
from kardashev.warehouse.reading import PUBLISHED_COPY, applies_to_round, reading

SUBJECT = "(subject)"  # the column that names a row; no metric can have this name
RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [SUBJECT],
    "return_unexpected_index_query": False,
}
SEED_TABLES = {
    "contract_expectations": """
        create temp table contract_expectations as
        from read_csv($file, header = true, types = {
            'tournament': 'varchar', 'first_round': 'integer', 'last_round': 'integer',
            'first_date': 'date', 'last_date': 'date', 'at_least': 'double', 'at_most': 'double'
        })
    """,
    "score_definitions": """
        create temp table score_definitions as from read_csv($file, header = true)
    """,
}

# Grain: rule_set, contract, expectation. What each rule set expects of rounds to come.
RULES_TO_COME = """
select rule_sets.rule_set, rules.*
from contract_expectations as rules
inner join (select distinct tournament as rule_set from score_definitions) as rule_sets
    on rules.tournament is null or rules.tournament = rule_sets.rule_set
where rules.last_round is null and rules.last_date is null
order by rule_sets.rule_set, rules.contract, rules.expectation
"""

# Grain: rule_set, contract, round_number, subject, expectation. Of each contract, the newest round that was
# judged by it, with the bounds of that round. What belongs to no round, as models/, has no rule set.
NEWEST_RESULTS = f"""
with newest as (
    select
        results.*,
        rounds.rule_set,
        rounds.open_at
    from fct_contract_results as results
    left join dim_rounds as rounds on results.round_number = rounds.round_number
    qualify
        dense_rank() over (
            partition by rounds.rule_set, results.contract order by results.round_number desc
        ) = 1
)
select
    newest.rule_set,
    newest.contract,
    newest.round_number,
    trim(concat_ws(' ', newest.model_id, newest.subject)) as subject,
    newest.expectation,
    newest.metric,
    newest.observed,
    rules.at_least,
    rules.at_most,
    rules.advice
from newest
inner join contract_expectations as rules
    on newest.contract = rules.contract
    and newest.expectation = rules.expectation
    and (rules.tournament is null or rules.tournament = newest.rule_set)
    and {applies_to_round("rules", "newest")}
order by newest.round_number desc, newest.contract, subject, newest.expectation
"""


@dataclass(frozen=True)
class Document:
    """The suite of a rule set, or the verdicts of a round, by one contract; ``success`` is a verdict's."""

    of: str
    contract: str
    sections: str
    success: bool | None = None

    @property
    def title(self):
        return f"{self.of}: {self.contract}"


def contract_documents(project, published):
    """The suites of all rule sets, then the newest verdicts of each contract.

    Verdicts are taken again by Great Expectations, from the metrics that the published copy holds.

    Parameters
    ----------
    project : Path of the dbt project, for its rule seeds
    published : Path of the published copy, or None

    Returns
    -------
    list of Document

    Raises
    ------
    WarehouseError
        When the published copy cannot be read.
    """
    with duckdb.connect() as connection:
        rules = _frame(connection, project, RULES_TO_COME)
    results = None
    if published is not None:
        with reading(published, PUBLISHED_COPY) as connection:
            results = _frame(connection, project, NEWEST_RESULTS)
    with great_expectations() as gx:
        source = ephemeral_source(gx)
        documents = [
            _suite_document(rule_set, contract, of_contract)
            for (rule_set, contract), of_contract in rules.groupby(["rule_set", "contract"])
        ]
        if results is not None:
            keys = ["round_number", "contract"]
            documents += [
                _verdict_document(source, f"round {number}", contract, of_round)
                for (number, contract), of_round in results.groupby(keys, sort=False)
            ]
    return documents


def _frame(connection, project, query):
    """The answer to a query that reads rule seeds, as a pandas frame."""
    for seed, table in SEED_TABLES.items():
        connection.execute(table, {"file": str(project / "seeds" / "rules" / f"{seed}.csv")})
    return connection.sql(query).df()


def _suite_document(rule_set, contract, rules):
    from great_expectations.render.renderer.page_renderer import ExpectationSuitePageRenderer

    shown = ExpectationSuitePageRenderer().render(_suite(f"{rule_set} {contract}", rules))
    return Document(rule_set, contract, _sections(shown))


def _verdict_document(source, round_name, contract, results):
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer

    metrics = results.drop_duplicates(["subject", "metric"])
    frame = metrics.pivot(index="subject", columns="metric", values="observed")
    frame = frame.rename_axis(columns=None).reset_index(names=SUBJECT)
    frame[SUBJECT] = [html.escape(visible(subject)) for subject in frame[SUBJECT]]
    name = f"{round_name} {contract}"
    suite = _suite(name, results.drop_duplicates("expectation"))
    result = whole_batch(source, name, frame).validate(suite, result_format=RESULT_FORMAT)
    shown = ValidationResultsPageRenderer(run_info_at_end=True).render(result)
    shown.sections[0].content_blocks[0].subheader = None  # a link into GX's own site
    return Document(round_name, contract, _sections(shown), result.success)


def _suite(name, rows):
    """The suite that the warehouse judges with; the notes of an expectation say which rules need it."""
    columns = rows[["expectation", "metric", "at_least", "at_most"]].astype(object)
    columns = columns.where(columns.notna(), None)
    suite, refused = suite_for(name, [Rule(*row) for row in columns.itertuples(index=False)])
    advice = dict(zip(rows["expectation"], rows["advice"], strict=True))
    for expectation in suite.expectations:
        names = expectation.meta["expectations"]
        expectation.notes = [f"{rule}: {advice[rule]}" for rule in names]
    suite.notes = [f"{rule} is refused: {problem}" for rule, problem in refused.items()]
    return suite


def _sections(document):
    from great_expectations.render.view import DefaultJinjaSectionView

    view = DefaultJinjaSectionView()
    return "\n".join(
        view.render({"section": section.to_json_dict(), "section_loop": {"index": number}})
        for number, section in enumerate(document.sections, start=1)
    )
