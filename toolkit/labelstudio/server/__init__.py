"""An embedded Label Studio on this machine: its installation, process, database and user."""
