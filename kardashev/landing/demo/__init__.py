"""A tournament to play with: prices, participants, uploads."""

from kardashev.landing.demo.demo import write_demo

__all__ = ["write_demo"]
