"""Benchmarks of stock_pos_count: ``./dev bench --help``. README.md says what is measured and how."""
