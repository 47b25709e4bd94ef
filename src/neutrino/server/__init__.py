"""The daemons: each parses its configuration, wires the rooms together, and runs."""
