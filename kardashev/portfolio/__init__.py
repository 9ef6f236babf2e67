"""From a meta model to a portfolio, its return, and what each stake contributed to it.

problem             what is asked for: data and names
feasibility         which groups of limits conflict, when no portfolio meets them all
optimality          the problem in unit rows, solutions, and whether they are the optimum
dual                the dual function: what multipliers say about weights
newton              the fast engine: the dual's lowest point
active_set          the last steps: exact active set, polish, checks
sensitivity         ∂weights/∂signal, in closed form on the active set
report              stocks held; exposures, limits and duals
solve               the engines behind one interface
specification       the problem as cvxpy states it
layer               the CvxpyLayer in a PyTorch graph, and the reference engine
importance          how likely each draw of stakes is made
dropout             draws of stakes: masks, their weights, their meta models
true_contribution   stakes → dropout → portfolio → return, and the gradient
moved_stakes        the return with other stakes: TC without a gradient

Only `specification` and `layer` load cvxpy and torch; `solve` asks the layer where newton fails.
"""
