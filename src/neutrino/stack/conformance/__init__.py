"""Upstream's own API suites, run against a stack: tempest.api.network and neutron_tempest_plugin.api."""
