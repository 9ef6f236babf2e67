"""Questions to a built warehouse, answered along another way than it was built."""
