"""Scores, explanations and reports of Bộ chỉ số 766 for the agencies of a province."""

__version__ = "0.1.0"
