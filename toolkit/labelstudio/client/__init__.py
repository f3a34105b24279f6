"""The server's HTTP API: connection, tokens, requests, and the projects on the server."""
