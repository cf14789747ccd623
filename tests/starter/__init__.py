"""Tests of what ships with a new library."""
