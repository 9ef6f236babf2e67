"""The mathematics of scores: pure functions, arrays in and arrays out.

ranking         ranks that keep ties, normal quantiles, powers, top and bottom
neutralization  least squares on columns, and the operator of the neutral portfolio
correlation     CORR and its kin, exposures, nearest signals
contribution    what a signal adds to the meta model, and a stake to the meta portfolio
statistics      means of overlapping rounds, with errors that count the overlap
"""
