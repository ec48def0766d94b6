"""Other people's solvers, each at its best."""
