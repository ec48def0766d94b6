"""Experiments with models of the catalog that anyone can run again; each writes its document."""
