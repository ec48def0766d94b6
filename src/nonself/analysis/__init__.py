"""What the courses mean: endpoints, survival, bands, findings."""
