"""The peer: upstream Neutron with ML2/OVN, MariaDB and uWSGI, installed and started for a measurement."""
