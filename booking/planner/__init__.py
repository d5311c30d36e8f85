"""The visit planner: a wish for a day answered with plans, or with what comes nearest. Values in, values out."""
