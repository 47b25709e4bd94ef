"""What holds for all tests: arbitrary values may take as long as a busy machine needs (docs/decisions/0033)."""

from hypothesis import HealthCheck, settings

settings.register_profile("beside others", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("beside others")
