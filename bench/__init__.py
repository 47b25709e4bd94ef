"""What is measured, how, and the results page. Run by ``./stack bench``."""
