"""The whole system while its processes die: what is killed and when, what is published, and an oracle.

`run.run` is the one to call. The web page and the search index have no part in telling, and are left out.
"""
