"""Batches of patients over time."""
