"""Run the command line as `python -m napari_greyfill`, where its script is not on the path."""

from napari_greyfill.cli import main

if __name__ == "__main__":
    main()
