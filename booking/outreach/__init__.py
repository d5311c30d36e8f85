"""Outreach: programmes that are held at the school, and the educators who are on the road meanwhile."""
