"""Who is simulated, and under which plan: cohorts, regimens, trials."""
