"""Other projects' own code, unchanged, at work with this API: Nova, Manila, Octavia and its OVN provider."""
