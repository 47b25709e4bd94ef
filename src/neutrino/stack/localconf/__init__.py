"""``local.conf``: DevStack's file, read for all that concerns networking."""
