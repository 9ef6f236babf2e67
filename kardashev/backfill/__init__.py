"""Building many rounds at once: slices of rounds by workers, merged into the one warehouse."""
