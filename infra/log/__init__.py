"""The log: one totally ordered sequence of events in three backends behind `domain.ports.Log`."""
