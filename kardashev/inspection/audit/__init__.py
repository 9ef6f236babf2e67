"""The audit: what was published of a round, computed again from the landing along another way.

    command    what is asked and returned
    report     what is printed
    published  figures as people read them, and the provenance beside them
    evidence   the landing held against the content that the round was made from
    rules      the rule rows that applied, held against the seeds; plain Python from there
    landed     a round's landed rows as frames, and the signals that count
    organiser  formulas: numerai-tools, where it is installed
    plain      the same formulas on plain numpy, where it is not, or does not reach
    close      stability, stakes at risk, meta models
    portfolio  the portfolio by Clarabel, made exact, and the slope of its return
    scores     every score of a round on one delivery of its target
    days       which days a round has scores of, and all scores on them
    payouts    what every stake is paid
    gaps       published figures beside recomputed ones
    rounds     all of it for one round

Independence is the point. Nothing here uses the warehouse's SQL, its kernels, its portfolio engine or
`kardashev.rounds`. What is shared is how a landed file is read (`kardashev.landing`): what a cell says is
not what is audited. Formulas are numerai-tools' or plain numpy's; rules are rows.
"""
