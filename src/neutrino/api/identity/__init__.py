"""Who asks: tokens, Keystone, the caller."""
