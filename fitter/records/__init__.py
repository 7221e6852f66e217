"""Customers and their visits, kept in one SQLite file on this machine."""
