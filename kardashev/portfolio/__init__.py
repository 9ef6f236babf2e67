"""From a meta model to a portfolio, its return, and what each stake contributed to it.

problem             what is asked for: data, names, the cvxpy specification
feasibility         which groups of limits conflict, when no portfolio meets them all
optimality          whether a portfolio is the optimum; its exposures, limits and duals
newton              the fast engine
sensitivity         ∂weights/∂signal, in closed form on the active set
layer               engines behind one interface; the CvxpyLayer in a PyTorch graph
true_contribution   stakes → dropout → portfolio → return, and the gradient
"""
