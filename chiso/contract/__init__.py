"""The tables that rooms hand to each other: records, what became of them, and what stands behind counts."""
