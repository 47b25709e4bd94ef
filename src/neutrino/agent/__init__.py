"""What must happen beside the instances of a host: metadata, names, counting.

The daemon neutrino-agent follows the Southbound and keeps state true; who answers instances are haproxy and
neutrino-dns, which go on without it.
"""
