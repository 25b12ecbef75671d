"""A year of a department lived through by a script whose totals are known without the product: every figure must match."""
