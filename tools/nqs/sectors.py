"""States of a symmetry sector: what they are called, and their exact energy."""

from physics_engines.estimate import Estimate
from physics_engines.nqs.spec import GroundStateSpec
from physics_engines.nqs.spec.sector import SectorSpec
from physics_engines.text import Text

MAX_SECTOR_SITES = 16
"""Largest lattice on which the lowest energy of a sector is found exactly beside a variational run."""

LOWEST = Text(en="lowest energy per site of the sector", ja="セクターの1サイトあたりの最低エネルギー")


def leaves_the_ground_state(spec: SectorSpec) -> bool:
    """Whether a quantum number is fixed that a ground state without nodes does not have."""
    return any(spec.momentum) or spec.irrep not in ("none", "A1") or spec.spin_flip == "odd"


def quantum_numbers(spec: SectorSpec) -> Text:
    """ "momentum 2π/L times (4), odd under spin flip"."""
    parts: list[Text] = []
    if spec.momentum:
        shown = ", ".join(map(str, spec.momentum))
        parts.append(Text(en=f"momentum 2π/L times ({shown})", ja=f"運動量 2π/L × ({shown})"))
    if spec.irrep != "none":
        parts.append(Text(en=f"irrep {spec.irrep} of the point group", ja=f"点群の既約表現 {spec.irrep}"))
    if spec.spin_flip != "none":
        flipped = {"even": "スピン反転で偶", "odd": "スピン反転で奇"}[spec.spin_flip]
        parts.append(Text(en=f"{spec.spin_flip} under spin flip", ja=flipped))
    return Text(en=", ".join(part.en for part in parts), ja="、".join(part.ja for part in parts))


def lowest_of_the_sector(spec: SectorSpec) -> Text:
    """The note that says which state was found."""
    numbers = quantum_numbers(spec)
    return Text(en=f"Lowest state of the sector: {numbers.en}.", ja=f"セクターの最低状態: {numbers.ja}。")


def exact_energy_of_sector(spec: GroundStateSpec) -> Estimate | None:
    """The lowest energy per site of the sector; None where the lattice is too large to be diagonalised."""
    if spec.n_sites > MAX_SECTOR_SITES:
        return None
    from physics_engines.nqs.exact_sector import exact_sector
    from physics_engines.nqs.hamiltonian import build_hamiltonian
    from physics_engines.nqs.labels import convention, energy_unit
    from physics_engines.nqs.run import projection_of

    hamiltonian = build_hamiltonian(spec)
    sector = exact_sector(hamiltonian, projection_of(spec, hamiltonian), 1)
    n_states = len(sector.configurations)
    return Estimate(
        label=Text(en=f"exact {LOWEST.en}", ja=f"{LOWEST.ja}の厳密値"),
        value=sector.level(0)[0] * spec.coupling / spec.n_sites,
        unit=energy_unit(spec),
        exactness="exact",
        method=Text(en=f"Lanczos, {n_states} states", ja=f"ランチョス法、{n_states} 状態"),
        convention=convention(spec),
    )
