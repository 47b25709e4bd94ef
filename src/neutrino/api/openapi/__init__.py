"""How the API describes itself: the OpenAPI document and the reference page."""
