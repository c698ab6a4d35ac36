"""The trial: an emitted project proves itself on the user's rows before it is written.

Its tests run; then a short training, an evaluation and two predictions, each in a fresh
process. What counts is exit codes and the files that must then be there.
"""

from autom3l.trial.running import TRIAL_SECONDS, TrialReport, run_trial

__all__ = ["TRIAL_SECONDS", "TrialReport", "run_trial"]
