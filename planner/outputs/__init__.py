"""L5: plans and findings become files and pages; nothing here solves."""
