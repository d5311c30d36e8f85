"""The queue of a release day: wishes kept until it opens, and their answers by turn."""
