"""How a model is named in words: reading, unit and convention."""

import hashlib
import math
import textwrap

from physics_engines.nqs.spec import GroundStateSpec, SpinModelSpec
from physics_engines.nqs.spec.ground_state import SIZES
from physics_engines.nqs.words.ground_state import ANSATZ
from physics_engines.text import Text

_BOUNDARIES = {"periodic": "周期境界", "open": "開放境界"}
_LATTICES = {
    "square": Text(en="square", ja="正方"),
    "triangular": Text(en="triangular", ja="三角"),
    "honeycomb": Text(en="honeycomb", ja="蜂の巣"),
    "kagome": Text(en="kagome", ja="カゴメ"),
}


def _name(spec: SpinModelSpec) -> Text:
    is_ferromagnet = spec.exchange == "ferromagnetic"
    magnet = Text(en="ferromagnet", ja="強磁性体") if is_ferromagnet else Text(en="antiferromagnet", ja="反強磁性体")
    if spec.model == "heisenberg":
        return Text(en=f"Heisenberg {magnet.en}", ja=f"ハイゼンベルク{magnet.ja}")
    if spec.model == "j1j2":
        if is_ferromagnet:
            return Text(en="J1-J2 Heisenberg model, J1 ferromagnetic", ja="J1-J2ハイゼンベルク模型、J1は強磁性")
        return Text(en="J1-J2 Heisenberg antiferromagnet", ja="J1-J2ハイゼンベルク反強磁性体")
    if spec.model == "xxz":
        return Text(en="XXZ model", ja="XXZ模型")
    if spec.model == "hubbard":
        return Text(en="Hubbard model", ja="ハバード模型")
    if spec.model == "tv":
        return Text(en="Spinless t-V model", ja="スピンレスt-V模型")
    if spec.model == "couplings":
        return Text(en="Spin model of a table of couplings", ja="結合の表によるスピン模型")
    prefix = Text(en="", ja="") if is_ferromagnet else Text(en="Antiferromagnetic transverse", ja="反強磁性")
    return Text(en=f"{prefix.en or 'Transverse'}-field Ising model", ja=f"{prefix.ja}横磁場イジング模型")


def energy_unit(spec: SpinModelSpec) -> str:
    """ "J" (of fermions "t") while it is 1; with another the energies are in the units it was given in."""
    if spec.coupling != 1:
        return ""
    return "t" if spec.is_fermionic else "J"


def _formula(spec: SpinModelSpec) -> str:
    is_ferromagnet = spec.exchange == "ferromagnetic"
    if spec.model == "hubbard":
        return "H = -t Σ_σ (c†_iσ c_jσ + h.c.) + U Σ n_i↑ n_i↓"
    if spec.model == "tv":
        return "H = -t Σ (c†_i c_j + h.c.) + V Σ n_i n_j"
    if spec.model == "tfim":
        return f"H = {'-' if is_ferromagnet else ''}J Σ σ^z σ^z - h Σ σ^x"
    if spec.model == "j1j2":
        return "H = J1 Σ_nn S·S + J2 Σ_nnn S·S"
    minus = "-" if is_ferromagnet else ""
    if spec.model == "xxz":
        return f"H = {minus}J Σ (S^x S^x + S^y S^y + Δ S^z S^z)"
    if spec.model == "couplings":
        if all(xy == z for *_, xy, z in spec.couplings):
            return "H = Σ J_ij S_i·S_j"
        return "H = Σ [Jxy_ij (S^x_i S^x_j + S^y_i S^y_j) + Jz_ij S^z_i S^z_j]"
    return f"H = {minus}J Σ S·S"


def _parameters(spec: SpinModelSpec) -> str:
    scale = spec.coupling
    if spec.model == "tfim":
        return f"J = {scale:g}, h = {spec.field * scale:g}"
    if spec.model == "j1j2":
        near = -scale if spec.exchange == "ferromagnetic" else scale
        return f"J1 = {near:g}, J2 = {spec.j2 * scale:g}"
    if spec.model == "xxz":
        return f"J = {scale:g}, Δ = {spec.delta:g}"
    if spec.model == "couplings":
        return _couplings_in_words(spec)
    if spec.is_fermionic:
        return f"t = {scale:g}, {'U' if spec.model == 'hubbard' else 'V'} = {spec.interaction * scale:g}"
    return f"J = {scale:g}"


def _couplings_in_words(spec: SpinModelSpec) -> str:
    """The table itself while it is short, else its digest: two tables are never read as the same model."""
    unit = "" if spec.coupling == 1 else f"{spec.coupling:g} × "
    if len(spec.couplings) <= 12:
        rows = (f"({i}, {j}): {xy:g}" if xy == z else f"({i}, {j}): {xy:g}, {z:g}" for i, j, xy, z in spec.couplings)
        return f"{unit}{{{'; '.join(rows)}}}"
    digest = hashlib.sha256(repr(spec.couplings).encode()).hexdigest()[:8]
    return f"{unit}table of {len(spec.couplings)} couplings #{digest}"


def sector_in_words(spec: SpinModelSpec) -> str:
    """ "S^z = 0", "S^z = 1/2", "n_up = 4, n_down = 4"; empty where nothing is conserved."""
    if spec.model == "hubbard":
        return f"n_up = {spec.particles_up}, n_down = {spec.particles_down}"
    if spec.model == "tv":
        return f"n = {spec.particles_up}"
    if spec.total_sz is None:
        return ""
    return f"S^z = {f'{spec.total_sz:g}' if spec.n_sites % 2 == 0 else f'{round(2 * spec.total_sz)}/2'}"


def convention(spec: SpinModelSpec) -> Text:
    """What an energy of this engine depends on by definition."""
    if spec.is_fermionic:
        head = f"{_formula(spec)}, {_parameters(spec)}, {sector_in_words(spec)}"
        return Text(
            en=f"per site, {head}, each pair of neighbours one bond (a periodic edge of length 2 too)",
            ja=f"1サイトあたり、{head}、隣接する対ごとにボンド一本（長さ 2 の周期的な辺も一本）",
        )
    pauli = spec.model == "tfim"
    spins = Text(en="Pauli matrices", ja="パウリ行列") if pauli else Text(en="S = σ/2", ja="S = σ/2")
    return Text(
        en=f"per site, {_formula(spec)}, {spins.en}, {_parameters(spec)}",
        ja=f"1サイトあたり、{_formula(spec)}, {spins.ja}, {_parameters(spec)}",
    )


def network_label(spec: GroundStateSpec) -> Text:
    """The ansatz and its sizes: "ViT, n_features = 16, n_layers = 2"."""
    name = ANSATZ.shown[spec.ansatz]
    if spec.model == "tv":
        name = Text(en="Slater determinant × RBM", ja="スレーター行列式 × RBM")
    signs = {"alpha": "α"}
    sizes = [f"{signs.get(size, size)} = {getattr(spec, size)}" for size in SIZES if getattr(spec, size)]
    return Text(en=", ".join([name.en, *sizes]), ja="、".join([name.ja, *sizes]))


def reading(spec: SpinModelSpec) -> Text:
    """What is computed, in one line."""
    size = "×".join(map(str, spec.shape))
    n_sites = spec.n_sites
    unit = Text(en="sites", ja="サイト") if spec.is_fermionic else Text(en="spins", ja="スピン")
    if spec.lattice == "chain":
        where = Text(en=f"chain of {size} {unit.en}", ja=f"{size}{unit.ja}の鎖")
    elif spec.lattice == "graph":
        where = Text(en=f"graph of {size} spins", ja=f"{size}スピンのグラフ")
    else:
        name = _LATTICES[spec.lattice]
        cells = Text(en="", ja="") if n_sites == math.prod(spec.shape) else Text(en=" unit cells,", ja="単位胞、")
        where = Text(
            en=f"{size} {name.en} lattice ({cells.en.strip() + ' ' if cells.en else ''}{n_sites} {unit.en})",
            ja=f"{size}{name.ja}格子({cells.ja}{n_sites}{unit.ja})",
        )
    head = f"{_formula(spec)} ({_parameters(spec)})"
    en, ja = f"{_name(spec).en} {head}, {where.en}", f"{_name(spec).ja} {head}、{where.ja}"
    if spec.lattice != "graph":
        en, ja = f"{en}, {spec.boundary}", f"{ja}、{_BOUNDARIES[spec.boundary]}"
    sector = sector_in_words(spec)
    return Text(en=f"{en}, {sector}", ja=f"{ja}、{sector}") if sector else Text(en=en, ja=ja)


def figure_title(spec: SpinModelSpec, width: int, addition: str = "") -> str:
    """The reading as the title of a figure, in lines of at most ``width`` characters."""
    title = reading(spec).en + addition
    for axis, raised in (("x", "ˣ"), ("y", "ʸ"), ("z", "ᶻ")):
        title = title.replace(f"S^{axis}", f"S{raised}").replace(f"σ^{axis}", f"σ{raised}")
    return textwrap.fill(title, width, break_on_hyphens=False)
