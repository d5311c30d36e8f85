"""Files of long lists."""
