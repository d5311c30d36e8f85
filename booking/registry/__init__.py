"""The register of schools and agreements that staff keep."""
