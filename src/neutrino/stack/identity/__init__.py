"""The identity service of the stack: Keystone, in an environment of its own."""
