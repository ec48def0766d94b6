"""The body: mechanisms of one immune system, composed on demand."""
