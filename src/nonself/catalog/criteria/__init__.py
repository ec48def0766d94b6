"""Diagnosis criteria, frozen with their sources: each file holds a tuple CRITERIA."""
