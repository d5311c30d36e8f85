"""How many heads of a visit are billed, once it is over: as the door counted, by the rule, or as a person says."""
