"""One file per concept of the mission; dropping a file in here adds a concept."""
