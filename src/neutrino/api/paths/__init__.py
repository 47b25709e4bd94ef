"""Paths that are no noun's: lists, actions and answers of a form of their own."""
