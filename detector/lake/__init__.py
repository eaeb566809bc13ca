"""The training lake: what was known of accounts and populations as they grew, as Parquet."""
