"""The parts of a project that a release leaves out or refuses to publish."""
