"""What visitors, staff and operators see when something that we stand on is gone: real services, stopped and frozen."""
