"""Touches the world: pulls, stores, schedules, delivers. The only layer that knows Prefect and DuckDB."""
