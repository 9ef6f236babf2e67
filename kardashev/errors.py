"""Named errors. Each message is one line: what is wrong, where, and what to do."""


class KardashevError(Exception):
    """Anything a person can act on; the command line prints its message and exits with 2."""


class SettingError(KardashevError):
    """A variable of the environment names what cannot be used, or must not be."""


class RuleError(KardashevError):
    """Rows of the rule seeds that mean nothing, one line for each."""


class RefusedFileError(KardashevError):
    """The door refuses a file for its form: nothing of it is landed."""


class LandingError(KardashevError):
    """The landing, or a file in it, cannot be read or written as asked."""


class MappingError(KardashevError):
    """A column mapping that means nothing, one line for each fault."""


class MarketError(KardashevError):
    """Prices or securities from which no operator's tables can be made."""


class WarehouseError(KardashevError):
    """The warehouse, or its published copy, is missing, locked or out of date."""


class WarehouseBusyError(WarehouseError):
    """Another process, a build as a rule, writes the warehouse: nobody reads it meanwhile."""


class DocumentationError(KardashevError):
    """A page of the documentation, or what it links to, is missing."""


class QueryError(KardashevError):
    """SQL that is not one statement that reads, or that DuckDB refuses."""


class PortfolioError(KardashevError):
    """No portfolio, or no gradient of one, can be computed from what is given."""


class InvalidProblemError(PortfolioError):
    """A portfolio problem holds a value, a limit or a shape that means nothing."""


class InfeasibleError(PortfolioError):
    """No portfolio meets every limit; ``groups`` are the ones that conflict."""

    def __init__(self, message, groups):
        super().__init__(message)
        self.groups = groups


class DependentLimitsError(PortfolioError):
    """Limits that bind differ from dependent ones by next to nothing: no gradient can be trusted."""


class InvalidSignalError(PortfolioError):
    """A signal, stake or return is NaN or infinite, or has another shape than the problem."""


class NoStakeError(PortfolioError):
    """Every stake is zero: there is no meta model to build a portfolio from."""


class ConstantMetaModelError(PortfolioError):
    """The meta model is the same on every stock: it cannot be standardised."""


class SolverError(PortfolioError):
    """An engine ended without a portfolio that passes its checks: iteration cap, status or residual."""
