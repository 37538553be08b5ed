// Everything is in main.cpp: this meter has its own main and needs nothing of Arduino's core. See firmware/README.md.
