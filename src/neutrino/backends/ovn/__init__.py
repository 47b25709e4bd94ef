"""OVN as a backend: what resources render to in the Northbound, what is observed in the Southbound."""
