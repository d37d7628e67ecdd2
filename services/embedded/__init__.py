"""The whole system in one command: a broker child and the three services, on SQLite under one data folder."""
