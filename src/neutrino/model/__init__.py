"""The Networking API's nouns as values, and its rules as pure functions: no I/O, no clock, no randomness."""
