"""L6, the doors: command line and web. They call the API and say what happened."""
