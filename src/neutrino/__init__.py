"""Neutrino: OpenStack Networking (Networking API v2.0) with OVN as its default backend."""
