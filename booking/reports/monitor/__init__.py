"""What a monitor asks again and again: how things stand in the database, and how busy the way to it is."""
