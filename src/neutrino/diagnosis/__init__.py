"""What becomes of a packet, and why a port is not ACTIVE: reasoning over what was observed.

Here: pure functions and values; what ovn-trace, Open vSwitch, the Northbound and the API say is parsed and weighed.
Not here: asking them (neutrino.stack.inquiry), printing (neutrino.cli).
"""
