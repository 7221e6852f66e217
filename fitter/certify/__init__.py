"""The accuracy certificate: constructed feet, spoilt as scanners and files spoil them, measured and compared
with their truth on this machine. It says nothing of people."""
