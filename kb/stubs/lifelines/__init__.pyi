from collections.abc import Sequence

class Frame:
    def to_numpy(self) -> list[list[float]]: ...

class WeibullFitter:
    lambda_: float
    rho_: float
    variance_matrix_: Frame
    def fit(self, durations: Sequence[float], event_observed: Sequence[bool]) -> WeibullFitter: ...
