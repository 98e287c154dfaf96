"""How a model is named in words: reading, unit and convention."""

from physics_engines.nqs.spec import GroundStateSpec, SpinModelSpec
from physics_engines.nqs.spec.ground_state import SIZES
from physics_engines.nqs.words.ground_state import ANSATZ
from physics_engines.text import Text


def energy_unit(spec: SpinModelSpec) -> str:
    """ "J" while J = 1; with another J the energies are in the units J was given in, which have no name."""
    return "J" if spec.coupling == 1 else ""


def _formula(spec: SpinModelSpec) -> str:
    if spec.model == "tfim":
        return "H = -J Σ σ^z σ^z - h Σ σ^x"
    if spec.model == "j1j2":
        return "H = J1 Σ_nn S·S + J2 Σ_nnn S·S"
    return "H = J Σ S·S"


def _parameters(spec: SpinModelSpec) -> str:
    scale = spec.coupling
    if spec.model == "tfim":
        return f"J = {scale:g}, h = {spec.field * scale:g}"
    if spec.model == "j1j2":
        return f"J1 = {scale:g}, J2 = {spec.j2 * scale:g}"
    return f"J = {scale:g}"


def convention(spec: SpinModelSpec) -> Text:
    """What an energy of this engine depends on by definition."""
    pauli = spec.model == "tfim"
    rest = f"{_formula(spec)}, {{spins}}, {_parameters(spec)}"
    return Text(
        en="per site, " + rest.format(spins="Pauli matrices" if pauli else "S = σ/2"),
        ja="1サイトあたり、" + rest.format(spins="パウリ行列" if pauli else "S = σ/2"),
    )


def network_label(spec: GroundStateSpec) -> Text:
    """The ansatz and its sizes: "ViT, n_features = 16, n_layers = 2"."""
    name = ANSATZ.shown[spec.ansatz]
    signs = {"alpha": "α"}
    sizes = [f"{signs.get(size, size)} = {getattr(spec, size)}" for size in SIZES if getattr(spec, size)]
    return Text(en=", ".join([name.en, *sizes]), ja="、".join([name.ja, *sizes]))


def reading(spec: SpinModelSpec) -> Text:
    """What is computed, in one line."""
    name_en = {
        "heisenberg": "Heisenberg antiferromagnet",
        "j1j2": "J1-J2 Heisenberg antiferromagnet",
        "tfim": "Transverse-field Ising model",
    }[spec.model]
    name_ja = {
        "heisenberg": "ハイゼンベルク反強磁性体",
        "j1j2": "J1-J2ハイゼンベルク反強磁性体",
        "tfim": "横磁場イジング模型",
    }[spec.model]
    size = "×".join(map(str, spec.shape))
    if spec.lattice == "chain":
        lattice_en, lattice_ja = f"chain of {size} spins", f"{size}スピンの鎖"
    else:
        lattice_en = f"{size} square lattice ({spec.n_sites} spins)"
        lattice_ja = f"{size}正方格子({spec.n_sites}スピン)"
    edge_en, edge_ja = spec.boundary, {"periodic": "周期境界", "open": "開放境界"}[spec.boundary]
    head = f"{_formula(spec)} ({_parameters(spec)})"
    sector = ", S^z = 0" if spec.conserves_magnetisation else ""
    return Text(
        en=f"{name_en} {head}, {lattice_en}, {edge_en}{sector}",
        ja=f"{name_ja} {head}、{lattice_ja}、{edge_ja}{sector.replace(', ', '、')}",
    )
