// Everything is in main.cpp: the rig has its own main and needs nothing of Arduino's core. See firmware/rig/README.md.
