"""The package beneath the dbt project: kernels, landing, the DuckDB plugin and publication."""
