"""What a model is: parts, composed into one flat, frozen, hashable record, and checked."""
