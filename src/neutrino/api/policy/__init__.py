"""Who may do what: upstream's rules, an operator's changes to them, and what follows for a caller."""
