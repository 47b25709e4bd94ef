"""Intent in SQL: tables derived from declarations, queries, compare-and-swap, journal, migrations. Decides nothing."""
