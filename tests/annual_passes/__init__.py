"""Tests of annual passes."""
