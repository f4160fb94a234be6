"""A seeded synthetic province with known true counts.

Classes first, fields second: what a record is (in time, late, paid, digitised) is chosen, then
columns are written that say so, and the truth counts what was chosen.
"""
