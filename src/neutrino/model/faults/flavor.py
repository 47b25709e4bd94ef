"""The errors of flavors and service profiles: a branch of the one tree (see the package)."""

from neutrino.model.faults import BadRequest, Conflict, Fault, NotFound


class FlavorNotFound(NotFound):
    """No such flavor."""

    says = "Flavor {flavor_id} could not be found."
    flavor_id: str


class FlavorInUse(Conflict):
    """Routers have the flavor."""

    says = "Flavor {flavor_id} is used by some service instance."
    flavor_id: str


class FlavorDisabled(Fault):
    """The flavor is not for use now."""

    status = 503
    says = "Flavor {flavor_id} is not enabled."
    flavor_id: str


class ServiceProfileNotFound(NotFound):
    """No such service profile."""

    says = "Service Profile {sp_id} could not be found."
    sp_id: str


class ServiceProfileInUse(Conflict):
    """Flavors have the service profile."""

    says = "Service Profile {sp_id} is used by some service instance."
    sp_id: str


class ServiceProfileDisabled(Fault):
    """The service profile is not for use now."""

    status = 503
    says = "Service Profile {sp_id} is not enabled."
    sp_id: str


class ServiceProfileDriverNotFound(NotFound):
    """No provider here has the driver."""

    says = "Service Profile driver {driver} could not be found."
    driver: str


class ServiceProfileEmpty(BadRequest):
    """A service profile that says nothing."""

    says = "Service Profile needs either a driver or metainfo."


class FlavorServiceProfileBindingExists(Conflict):
    """The flavor has the service profile already."""

    says = "Service Profile {sp_id} is already associated with flavor {fl_id}."
    sp_id: str
    fl_id: str


class FlavorServiceProfileBindingNotFound(NotFound):
    """The flavor does not have the service profile, or none at all."""

    says = "Service Profile {sp_id} is not associated with flavor {fl_id}."
    sp_id: str
    fl_id: str
