"""L2: a case becomes a linear programme, one concept at a time."""
