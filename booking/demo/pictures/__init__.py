"""Pictures of the demo centres: painted by sums, since nobody's photo may be given away with the house."""
