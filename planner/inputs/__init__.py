"""L1: files become a case, and every problem in them is reported at once."""
