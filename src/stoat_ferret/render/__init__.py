"""New files from videos of the library: what is asked for, how it is made, making it."""
