"""Faults put in on purpose: nothing is left half-written, and nothing is lost."""
