"""What the office reads: lists, a booking's history, figures of a period, and all of them as files."""
