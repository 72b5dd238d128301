"""pepperchain (椒链): software for the Sichuan-pepper industry chain of Jiangjin.

Rooms stand on a staircase (see docs/designers.md): each package is one domain and imports only from steps below it.
"""
