"""What happened: daily numbers, windows, metrics, signals. Pure."""
