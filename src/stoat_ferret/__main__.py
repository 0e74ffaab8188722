"""`python -m stoat_ferret` is the command `stoat-ferret`."""

from stoat_ferret.cli import main

if __name__ == "__main__":
    main()
