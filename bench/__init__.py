"""Speed at equal error: our engine beside a peer on one stiff model."""
