"""Calibration of the body: `python -m experiments.body.calibrate --help`."""
