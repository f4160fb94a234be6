"""From counts to points: the rules of a set applied, nothing else."""
