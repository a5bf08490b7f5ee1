"""The answers of each source, as its own service writes them. Shapes follow the recorded boards."""
