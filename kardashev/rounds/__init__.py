"""Long rows to matrices and back, one block at a time, so that memory is bounded by a round.

A block is a round, or a part of its universe that a target covers. Stocks and models stand in the order of
their ids, never of their keys, so that a matrix does not depend on the order in which things arrived.

    blocks              relations as matrices
    prepared            the signals of a block, in every form that scores need, made when first asked for
    neutralized         what is neutralized once, at the close
    extremes            the top and bottom of every signal's ranking
    matrix_scores       scores of the due target days
    score_rows          scores as rows, however they are computed
    portfolios          the optimized portfolio of each round
    sensitivities       what the portfolio keeps for later days
    true_contributions  what each stake contributed to its return
    signal_statistics   how sure each model's evidence is by each day
    example_correlations  each signal beside those of example models
"""
