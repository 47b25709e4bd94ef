"""HTTP: routes and validation derived from the declarations, faults, lists. Does not know that OVN exists."""
