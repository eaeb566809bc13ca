"""The product measured on labelled worlds: figures with their n and intervals, and the report on them."""
