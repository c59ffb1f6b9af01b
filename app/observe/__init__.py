"""What an installation can be watched by: numbers for Prometheus, lines of the log, spans; never a person."""
