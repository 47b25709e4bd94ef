"""What every daemon needs around its work: configuration, logging, tasks, readiness. Knows nothing of networks."""
