"""What each consumer needs, told by its own code: files for the consumers' environments, which worker.py runs."""
