"""What enters and what leaves: SQL profiles it, Great Expectations judges, thresholds are rows."""
