"""Rounds replayed as payouts compound into stakes, beside frozen stakes."""
