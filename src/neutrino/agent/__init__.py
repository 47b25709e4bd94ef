"""The agent of a host: what must happen beside its instances. Metadata, so far."""
