"""Accounts: who may sign in, and as whom.

Words: a *user* signs in with phone and password and has one role; a *session* is one browser that is signed in; a *token*
lets a program act as its user within named scopes; a *one-time* password must be changed at the first sign-in. Secrets are
kept as hashes only. It never decides what a role may do (that is `access`), and never says whether a phone has an account.
"""
