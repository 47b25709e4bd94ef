"""The operator's command `neutrino`: what is asked of a running cloud by hand."""
