"""The pure core: events, commands, decisions and the ports through which the outside is reached."""
