"""What a process tells those who run it: figures, health, traces."""
