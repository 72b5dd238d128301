"""The pepper bank (花椒银行): pepper kept for others, with a floor under its price and a share of what it gains.

A *scheme* is a set of terms as data, in numbered *versions*. A *deposit* turns a part of a lot into a *receipt*, which freezes its version
and its floor price; the lot's grams are held from then on, so that nobody else can sell, process or give them out. A receipt's claim is a
ledger account of its own. A *sale order* sells a receipt's pepper, a *settlement* says what its depositor gets, line by line; a *pledge*
locks grams for a lender. The room never takes cash deposits and promises no interest: this is storage, not banking.
"""
