"""What crosses a border between rooms: frozen data, its checks, and the Protocols both sides agree on."""
