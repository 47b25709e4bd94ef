"""Making one part of the world equal to the intent, and proving that it is. Knows no backend's terms."""
