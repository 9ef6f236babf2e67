"""Named errors. Each message is one line: what is wrong, where, and what to do."""


class KardashevError(Exception):
    """Anything a person can act on; the command line prints its message and exits with 2."""


class RefusedFileError(KardashevError):
    """The door refuses a file for its form: nothing of it is landed."""


class LandingError(KardashevError):
    """The landing, or a file in it, cannot be read or written as asked."""


class MarketError(KardashevError):
    """Prices or securities from which no operator's tables can be made."""


class WarehouseError(KardashevError):
    """The warehouse, or its published copy, is missing, locked or out of date."""
