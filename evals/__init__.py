"""What the project can do, scored."""
