"""Treatments, one file each, named after its id and holding `THERAPY`."""
