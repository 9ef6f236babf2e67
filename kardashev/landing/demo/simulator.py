"""Simulated daily prices: a market with sectors, styles and weak, slow predictability.

A stock's daily return is beta × market + sector + styles + its own noise + a slow expected return +
the reversal of a mispricing. Expected returns follow a state that fades over months and shows in
past returns (so momentum knows something), and fall with volatility; mispricings fade over weeks
(so the reversal of a month knows something). Figures are of the order seen in developed equity markets.
"""

from datetime import date

import numpy as np
import pyarrow as pa
from scipy.signal import lfilter

DAYS_A_YEAR = 252
SECTORS = (
    "Communication Services",
    "Consumer Discretionary",
    "Consumer Staples",
    "Energy",
    "Financials",
    "Health Care",
    "Industrials",
    "Information Technology",
    "Materials",
    "Real Estate",
    "Utilities",
)
COUNTRIES = ("Canada", "Japan", "United Kingdom", "United States")
COUNTRY_SHARES = (0.1, 0.2, 0.15, 0.55)

MARKET_DRIFT, MARKET_VOLATILITY = 0.07, 0.15  # a year
SECTOR_VOLATILITY = 0.08  # a year
STYLES, STYLE_VOLATILITY = 3, 0.04  # a year, at a loading of one
NOISE_VOLATILITY, NOISE_SPREAD = 0.26, 0.35  # median a year; log standard deviation over stocks
BETA_SPREAD = 0.3
EXPECTED_SPREAD, EXPECTED_HALF_LIFE = 0.20, 120  # a year; days
VOLATILITY_DISCOUNT = 0.08  # a year for each standard deviation of log volatility
MISPRICING, MISPRICING_HALF_LIFE = 0.03, 15  # of the price; days
MEDIAN_PRICE, PRICE_SPREAD = 40.0, 0.7  # log standard deviation
MEDIAN_DOLLAR_VOLUME, DOLLAR_VOLUME_SPREAD = 2e7, 1.4
ACTIVITY_SPREAD, ACTIVITY_HALF_LIFE = 0.4, 30  # of log dollar volume over time; days
ACTIVITY_OF_MOVES = 0.25  # log dollar volume for each standard deviation of the day's move
HIGHEST_YIELD, DIVIDEND_DAYS = 0.04, 63  # a year; days between dividends
LISTED_SHARE, DELISTED_SHARE, MISSING_SHARE = 0.04, 0.03, 0.001


def simulate_prices(
    rng: np.random.Generator, stocks: int, days: int, end: date
) -> tuple[pa.Table, pa.Table]:
    """Daily prices of ``stocks`` tickers on the ``days`` weekdays up to ``end``.

    Some tickers are listed or delisted in between, and single days are missing.

    Parameters
    ----------
    rng : the only source of chance: one seed, one market
    stocks, days : positive numbers
    end : the last day, or the last weekday before it

    Returns
    -------
    prices : ticker, date, close, adj_close (total return), volume (shares), by ticker and date
    securities : ticker, name, sector, country

    Raises
    ------
    ValueError
        When stocks or days is not positive.
    """
    if stocks < 1 or days < 1:
        raise ValueError(f"cannot simulate {stocks} stocks over {days} days")
    tickers = np.array([f"SIM{number:04d}" for number in range(1, stocks + 1)])
    dates = np.busday_offset(np.datetime64(end, "D"), np.arange(1 - days, 1), roll="backward")
    sectors = rng.integers(len(SECTORS), size=stocks)
    returns, moves = _total_returns(rng, sectors, days)
    close, adj_close = _prices(rng, returns)
    volume = np.round(_dollar_volume(rng, moves) / close)
    is_traded = _is_traded(rng, days, stocks)

    stock, day = np.nonzero(is_traded.T)
    prices = pa.table(
        {
            "ticker": tickers[stock],
            "date": pa.array(dates[day]),
            "close": np.round(close[day, stock], 4),
            "adj_close": adj_close[day, stock],
            "volume": volume[day, stock],
        }
    )
    securities = pa.table(
        {
            "ticker": tickers,
            "name": [f"Simulated {number}" for number in range(1, stocks + 1)],
            "sector": np.array(SECTORS)[sectors],
            "country": rng.choice(COUNTRIES, size=stocks, p=COUNTRY_SHARES),
        }
    )
    return prices, securities


def _total_returns(rng, sectors, days):
    """Daily total returns (days, stocks), and the stocks' own moves in standard deviations."""
    stocks = len(sectors)
    root = np.sqrt(DAYS_A_YEAR)
    riskiness = rng.standard_normal(stocks)
    noise_volatility = NOISE_VOLATILITY * np.exp(NOISE_SPREAD * riskiness)
    betas = 1 + BETA_SPREAD * (riskiness + rng.standard_normal(stocks)) / np.sqrt(2)

    market = MARKET_DRIFT / DAYS_A_YEAR + MARKET_VOLATILITY / root * rng.standard_normal(days)
    sector_returns = SECTOR_VOLATILITY / root * rng.standard_normal((days, len(SECTORS)))
    style_returns = STYLE_VOLATILITY / root * rng.standard_normal((days, STYLES))
    loadings = rng.standard_normal((STYLES, stocks))
    moves = rng.standard_t(5, (days, stocks)) / np.sqrt(5 / 3)  # fat tails, variance one

    expected = EXPECTED_SPREAD * _fading(rng, days, stocks, EXPECTED_HALF_LIFE)
    expected -= VOLATILITY_DISCOUNT * riskiness
    mispricing = MISPRICING * _fading(rng, days, stocks, MISPRICING_HALF_LIFE)
    returns = (
        market[:, None] * betas
        + sector_returns[:, sectors]
        + style_returns @ loadings
        + moves * noise_volatility / root
        + expected / DAYS_A_YEAR
        + np.diff(mispricing, axis=0, prepend=mispricing[:1])
    )
    return np.maximum(returns, -0.5), moves


def _fading(rng, days, stocks, half_life):
    """Stationary first-order autoregressions of variance one, (days, stocks)."""
    decay = 0.5 ** (1 / half_life)
    shocks = rng.standard_normal((days, stocks))
    shocks[1:] *= np.sqrt(1 - decay**2)
    return lfilter([1.0], [1.0, -decay], shocks, axis=0)


def _prices(rng, returns):
    """Closes, which fall by each dividend, and closes adjusted for them, equal on the last day."""
    days, stocks = returns.shape
    start = MEDIAN_PRICE * np.exp(PRICE_SPREAD * rng.standard_normal(stocks))
    dividend = rng.uniform(0, HIGHEST_YIELD, stocks) * DIVIDEND_DAYS / DAYS_A_YEAR
    first_dividend = rng.integers(DIVIDEND_DAYS, size=stocks)
    is_paid = (np.arange(days)[:, None] - first_dividend) % DIVIDEND_DAYS == 0
    close = start * np.cumprod((1 + returns) * (1 - dividend * is_paid), axis=0)
    total = np.cumprod(1 + returns, axis=0)
    return close, total * (close[-1] / total[-1])


def _dollar_volume(rng, moves):
    days, stocks = moves.shape
    level = np.log(MEDIAN_DOLLAR_VOLUME) + DOLLAR_VOLUME_SPREAD * rng.standard_normal(stocks)
    activity = ACTIVITY_SPREAD * _fading(rng, days, stocks, ACTIVITY_HALF_LIFE)
    return np.exp(level + activity + ACTIVITY_OF_MOVES * np.abs(moves))


def _is_traded(rng, days, stocks):
    """Whether a ticker has a price, (days, stocks): listings, delistings, missing days."""
    first = np.where(rng.random(stocks) < LISTED_SHARE, rng.integers(days, size=stocks), 0)
    last = np.where(rng.random(stocks) < DELISTED_SHARE, rng.integers(days, size=stocks), days - 1)
    day = np.arange(days)[:, None]
    return (day >= first) & (day <= last) & (rng.random((days, stocks)) >= MISSING_SHARE)
