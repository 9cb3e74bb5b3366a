"""L4: one question about a solved plan per file."""
