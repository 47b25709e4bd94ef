"""Refusals that concern who asks."""

from neutrino.model.faults import Fault


class Unauthenticated(Fault):
    """The request carries no token that Keystone, at *uri*, says is good."""

    status = 401
    says = "The request you have made requires authentication."
    uri: str


class IdentityUnavailable(Fault):
    """Keystone cannot be asked who the caller is; the request may be repeated."""

    status = 503
    says = "The identity service at {url} cannot say who asks: {reason}."
    url: str
    reason: str
