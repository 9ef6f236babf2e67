"""The operator's tables from daily prices."""

from kardashev.landing.market.market import MarketSummary, market_eras, write_market

__all__ = ["MarketSummary", "market_eras", "write_market"]
