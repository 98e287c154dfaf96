"""Asking Lean 4 whether a proof holds, and how far to believe the answer.

"No error" is not trust. The way of a check is: ``source`` reads statement and proof without comments, ``gate`` looks
for known ways of cheating, ``command`` writes the one file Lean sees, a backend (``kimina`` or ``local``) has it
checked, ``reply`` brings the answer into one form, and ``verdict`` puts it on the ladder:

==  =====================================================================================================
L0  text only
L1  compiles
L2  and no ``sorry``, by several independent signals
L3  and only the axioms propext, Classical.choice, Quot.sound; the statement is ours; the source gate passed
==  =====================================================================================================

L3 means checked by Lean, but not against an adversary who writes metaprograms: that takes a replay of the compiled
file (``leanchecker``, L4) and a second kernel in a sandbox (``comparator``, L5), which are not offered here.

LeanDojo is not used: it has to trace the whole project, reaches for GitHub while doing so, is deprecated, and looks for
``sorry`` in a wording that Lean gave up with 4.28, so that it takes such a proof for complete.
"""
