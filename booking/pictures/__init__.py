"""Pictures that staff bring: read by a process that has nothing to lose, cut to one shape, kept in sizes, served."""
